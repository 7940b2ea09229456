"""Anthropic, Google Gemini and Vertex AI, AWS Bedrock, and whatever else litellm speaks, through litellm.

litellm knows the dialects; what it forgets or gets wrong on the way is mended here, from the bytes that
the provider really sent. It is imported in a worker thread when the first request needs it.

What a `Target` holds for each provider:

- every provider: `key` is the API key, `base_url` replaces the provider's own address, `headers` are added.
- `vertex`: `key` is the service account's (or other Google credentials') JSON, or the path of a file that
  holds it; `options["vertex_project"]` and `options["vertex_location"]` (default `us-central1`).
- `bedrock`: `key` is a Bedrock API key (bearer token), or `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`,
  or a JSON object with `aws_access_key_id`, `aws_secret_access_key` and perhaps `aws_session_token`. With no
  key, `options["aws_profile_name"]` names a profile of the AWS configuration files.
  `options["aws_region_name"]` is the region (default `us-east-1`); `options["bedrock_api"]` is `converse`
  (default) or `invoke`.
- any provider: `options["stream"] = "false"` asks for the answer in one piece, for servers that cannot
  stream; `options["litellm_provider"]` is litellm's name of the provider where ours differs from it.
"""

from .adapter import LiteLLM as LiteLLM
