"""Fetching a model's file from the model hub, by plain HTTPS with ranges."""

from __future__ import annotations

from .download import Download

HUB_URL = "https://huggingface.co"
"""The public model hub; the environment's HF_ENDPOINT names a mirror."""

_PROBE_SECONDS = 4.0
_STALL_SECONDS = 30.0


class HubFailed(Exception):
    """The hub is not to be had, or its answer broke off; another source may do."""


def fetch_from_hub(download: Download, hub_url: str) -> None:
    """Append what is missing. One try: proxies and CAs come from the environment, as httpx reads it.

    Raises:
        HubFailed: when the hub cannot be reached in a few seconds, does not have the file or breaks off.
        DiskFull: when the disk does not take what arrives.
    """
    import httpx

    model, have = download.model, download.size
    url = f"{hub_url.rstrip('/')}/{model.hub}/resolve/main/{model.file}"
    timeout = httpx.Timeout(_STALL_SECONDS, connect=_PROBE_SECONDS)
    headers = {"range": f"bytes={have}-", "accept-encoding": "identity"}
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=timeout) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            if response.status_code not in (200, 206):
                raise HubFailed(f"the model hub answered {response.status_code}")
            if response.status_code == 200 and have:
                # A server that knows no ranges sends everything.
                download.truncate(0)
            for piece in response.iter_raw():
                download.write(piece[: model.bytes - download.size])
                download.progress("downloading", text="model hub")
                if download.complete:
                    return
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise HubFailed(f"the model hub cannot be reached ({str(error) or type(error).__name__})") from error
    raise HubFailed("the model hub broke off")
