"""Every setting: its name, default, unit and meaning.

They are traitlets, Jupyter's own way: set them as `c.Lumina.NAME = value` in
`jupyter_lumina_config.py` (or `.json`) in any of Jupyter's config folders, in
`jupyter_server_config.py`, or on a command line as `--Lumina.NAME=value`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traitlets import Bool, Dict, Enum, Float, Int, List, Unicode, validate
from traitlets.config import Config, Configurable

from .errors import InvalidSetting

EXPERIMENTS_VARIABLE = "LUMINA_EXPERIMENTS"
"""The environment variable by which a server tells its kernels and jobs where its experiments are."""


class Lumina(Configurable):
    """The settings of one engine."""

    data_dir = Unicode(
        "", help="Folder of the database, the models and the keys; empty: `lumina/` in Jupyter's data folder."
    ).tag(config=True)
    models_dir = Unicode("", help="Folder of the embedded models' files; empty: `models/` in the data folder.").tag(
        config=True
    )
    database_url = Unicode(
        "", help="SQLAlchemy URL of the database; empty: SQLite `lumina.db` in the data folder."
    ).tag(config=True)

    default_model = Unicode(
        "",
        help="Model that answers when none is named, as `provider/name`; empty: the embedded model, "
        "or else the first provider found.",
    ).tag(config=True)
    system_prompt = Unicode(
        "You are Lumina, an assistant for data science inside a Jupyter notebook. "
        "Answer in Markdown, briefly and precisely. Put code into fenced blocks.",
        help="What every conversation's model is told first.",
    ).tag(config=True)
    history_tokens = Int(
        4000, min=0, help="Tokens of earlier turns that go into a prompt at most; the oldest are left out first."
    ).tag(config=True)
    context_tokens = Int(
        6000, min=0, help="Tokens of the notebook, its variables and files that go into a prompt at most."
    ).tag(config=True)
    variable_policy = Enum(
        ("values", "schema-only", "off"),
        "values",
        help="What models may see of variables: their values; only names, types, shapes and columns; or nothing. "
        "A notebook's own policy can be stricter.",
    ).tag(config=True)
    locked_preferences = List(
        Unicode(),
        help="Settings that people may not change on the settings page: ['default_model', 'ghost_text_model', "
        "'history_tokens', 'context_tokens', 'variable_policy', 'ghost_text'].",
    ).tag(config=True)

    endpoints = Dict(
        value_trait=Dict(),
        help="OpenAI-compatible servers by a name of your choice: "
        "{'lab': {'base_url': 'http://127.0.0.1:8000/v1', 'key_variable': 'LAB_KEY'}}; "
        "`base_url` is required, `key_variable` and `headers` are optional.",
    ).tag(config=True)
    ollama_url = Unicode(
        "http://127.0.0.1:11434", help="Where Ollama listens; empty: not looked for. OLLAMA_HOST overrides it."
    ).tag(config=True)
    provider_urls = Dict(
        value_trait=Unicode(), help="Base URLs that replace those of known providers (proxies, private gateways)."
    ).tag(config=True)
    models = Dict(
        value_trait=Dict(),
        help="Models added or overridden, by `provider/name`: context, max_output, tools, vision, reasoning, "
        "json_schema, input_price, output_price, cached_input_price (US dollars per token).",
    ).tag(config=True)
    providers_off = List(Unicode(), help="Providers that are never used, by name.").tag(config=True)

    connect_timeout = Float(10.0, min=0.1, help="Seconds to wait for a connection to a provider.").tag(config=True)
    stream_timeout = Float(
        120.0, min=0.1, help="Seconds that a provider may send nothing before the answer counts as failed."
    ).tag(config=True)
    max_retries = Int(
        3, min=0, help="How often a call is tried again, as long as nothing of its answer has been shown."
    ).tag(config=True)
    retry_base_delay = Float(0.5, min=0.0, help="Seconds before the first retry; doubled each time, with jitter.").tag(
        config=True
    )
    retry_max_delay = Float(
        30.0, min=0.0, help="Seconds between retries at most; a longer Retry-After fails at once and says so."
    ).tag(config=True)

    embedded_model = Unicode(
        "", help="Embedded model to use, by name or path of a GGUF file; empty: the largest that fits comfortably."
    ).tag(config=True)
    embedded_models = Dict(value_trait=Unicode(), help="GGUF files of your own, as name: path.").tag(config=True)
    embedded_context = Int(8192, min=512, help="Tokens of context that an embedded model is loaded with.").tag(
        config=True
    )
    embedded_threads = Int(0, min=0, help="CPU threads of the embedded model; 0: one per core.").tag(config=True)
    embedded_idle_minutes = Float(
        15.0, min=0.0, help="Minutes without a prompt after which the embedded model leaves memory; 0: never."
    ).tag(config=True)

    ghost_text = Bool(
        True, help="Whether code may be suggested while people type; a notebook's own policy can be stricter."
    ).tag(config=True)
    ghost_text_model = Unicode(
        "",
        help="Model that suggests code while people type, as `provider/name`; empty: the smallest embedded model that "
        "fills in the middle. With a model elsewhere, the code around the cursor is sent there at every pause in "
        "typing; without this setting nothing that is typed leaves this machine.",
    ).tag(config=True)
    ghost_text_languages_off = List(
        Unicode(), help="Languages in which no code is suggested while people type: ['markdown', 'latex']."
    ).tag(config=True)

    live_guard = Bool(
        True,
        help="Whether notebooks that are edited together are kept from losing anything: saved while people type, "
        "merged with what other programs write, their history in Lumina's data folder. Off: jupyter-collaboration "
        "does as it does by itself.",
    ).tag(config=True)
    notebook_mb = Float(
        64.0,
        min=0.0,
        help="MB of a notebook's file that the server opens in a live room, for a tool or over Lumina's API, at most; "
        "larger ones are refused, and left as they are. 0: no limit.",
    ).tag(config=True)
    file_notebook_mb = Float(
        512.0,
        min=0.0,
        help="The same for a process that works on a notebook's file without a server: `lumina notebook`, and magics in "
        "a kernel that no server started. There, one for which memory would not suffice is refused, too. 0: no limit.",
    ).tag(config=True)
    history_days = Float(
        90.0, min=0.0, help="Days that a notebook's earlier states are kept; its last one stays; 0: for ever."
    ).tag(config=True)
    history_mb = Float(
        2000.0, min=0.0, help="MB on the disk that the earlier states of all notebooks take at most; 0: no limit."
    ).tag(config=True)
    history_minutes = Float(
        10.0, min=0.0, help="Minutes between two states of a notebook that are kept as it is saved, at least."
    ).tag(config=True)
    undo_days = Float(
        30.0, min=0.0, help="Days for which what an agent did to a notebook can be undone; 0: for ever."
    ).tag(config=True)
    undo_mb = Float(
        64.0,
        min=0.0,
        help="MB of edits that are kept for each notebook so that an agent's can be undone, at most; beyond that the "
        "older half can no longer be. 0: no limit.",
    ).tag(config=True)
    kernels_may_accept = Bool(
        True,
        help="Whether kernels, and terminals of JupyterLab, may decide on proposals, as `%lumina proposals accept` does. "
        "Whatever code runs there can then accept what an agent proposes, and the record names only a kernel. "
        "Off: people decide in JupyterLab.",
    ).tag(config=True)

    run_output_mb = Float(
        5.0, min=0.001, help="MB of output that a cell may have which the server runs; more is left out, with a notice."
    ).tag(config=True)

    tool_autonomy = Enum(
        ("ask", "edits", "trusted"),
        "ask",
        help="What tools may do without asking a person. ask: look at things. edits: also edit notebooks, as far as undo "
        "takes it back. trusted: also run code in the sandbox; the network, and what neither sandbox nor undo holds, "
        "is asked about even so.",
    ).tag(config=True)
    tool_policy = Enum(
        ("full", "read-only", "hints-only", "none"),
        "full",
        help="What tools may do at all. full: what autonomy and people allow. read-only: look at things. hints-only: "
        "look at the notebook itself. none: nothing. A notebook's own policy can be stricter.",
    ).tag(config=True)
    tools_see_hidden_files = Bool(
        False, help="Whether tools may touch hidden files, and files that hold keys by their name."
    ).tag(config=True)
    tools_off = List(Unicode(), help="Tools that nobody may call, by name.").tag(config=True)
    tool_timeouts = Dict(
        value_trait=Float(min=0.01), help="Seconds that a tool may take, by its name; others have their own limits."
    ).tag(config=True)
    tool_result_characters = Int(
        16_000, min=500, help="Characters of a tool's result that a model is shown at once; it can read on."
    ).tag(config=True)
    tool_steps = Int(
        12, min=1, help="How often a model may call tools and go on from their results before it must answer."
    ).tag(config=True)
    tool_model_answers = Int(
        20,
        min=0,
        help="How often tools and MCP servers may have a model answer them in one turn or run; 0: never.",
    ).tag(config=True)
    tool_model_tokens = Int(
        40_000, min=0, help="Tokens that these answers may take in one turn or run, questions counted."
    ).tag(config=True)
    tool_model_usd = Float(
        0.5, min=0.0, help="Dollars that these answers may cost in one turn or run, where prices are known."
    ).tag(config=True)
    chat_tools = Bool(
        False, help="Whether questions in the chat are answered with tools where the asker does not say."
    ).tag(config=True)
    approval_minutes = Float(
        15.0, min=0.001, help="Minutes that a call of a tool waits for a person's approval; then it is refused."
    ).tag(config=True)
    audit_days = Int(
        365,
        help="Days after which entries of the audit log are deleted, 30 at least; 0 keeps them for ever.",
    ).tag(config=True)
    kernels_may_approve = Bool(
        False,
        help="Whether kernels may decide about approvals, by `%lumina approve`. Whatever runs in a kernel can then "
        "approve what a model wants to do.",
    ).tag(config=True)

    agent_autonomy = Enum(
        ("ask", "edits", "trusted"),
        "trusted",
        help="The most that the agent may do without asking a person, whatever gear it is in. The words are those of "
        "`tool_autonomy`. In gear `auto` it is never more than `edits`.",
    ).tag(config=True)
    agent_reasoning_model = Unicode(
        "", help="Model that works in gears 1 and 2, as `provider/name`; empty: the notebook's own."
    ).tag(config=True)
    agent_small_model = Unicode(
        "", help="Model that works in gear 5, as `provider/name`; empty: the notebook's own."
    ).tag(config=True)
    agent_depth = Int(
        2,
        min=0,
        help="How often a task of the agent may be given away: 1 lets a coordinator's colleagues give away none.",
    ).tag(config=True)
    agent_parallel = Int(
        2, min=1, help="Colleagues that work for one coordinator at the same time; the others wait for their turn."
    ).tag(config=True)
    automl_jobs = Int(
        1, min=1, help="Searches of AutoML that the server runs at the same time; further ones wait for their turn."
    ).tag(config=True)
    automl_keep = Int(
        20,
        min=0,
        help="Experiments of AutoML without a name of their own that are kept; older ones are deleted when another "
        "search begins, and that is told. 0: all are kept.",
    ).tag(config=True)
    mlflow_tracking_uri = Unicode(
        "",
        help="MLflow server to which AutoML's searches go as well when they have ended, as `http://host:port`; empty: the "
        "one that MLFLOW_TRACKING_URI names, if there is such a variable.",
    ).tag(config=True)
    persona_folders = List(
        Unicode(),
        [],
        help="Folders with personas as YAML files, beside `personas` in Lumina's data folder, which comes last.",
    ).tag(config=True)
    agent_runs = Int(4, min=1, help="Runs of the agent that work at the same time; further ones are refused.").tag(
        config=True
    )
    checkpoint_mb = Float(
        64.0,
        min=0.0,
        help="MB of variables that are kept in each notebook's kernel so that undoing a run of the agent brings them "
        "back; 0: none.",
    ).tag(config=True)
    checkpoint_seconds = Float(
        2.0, min=0.0, help="Seconds that keeping variables may take before a step of the agent that runs code."
    ).tag(config=True)

    sandbox_seconds = Float(60.0, min=0.1, help="Seconds that a program in the sandbox may take at most.").tag(
        config=True
    )
    sandbox_memory_mb = Float(
        2000.0, min=64.0, help="MB of memory that a program in the sandbox may use, with all its processes."
    ).tag(config=True)
    sandbox_processes = Int(
        128, min=8, help="Processes and threads that a program in the sandbox may have at a time."
    ).tag(config=True)
    sandbox_scratch_mb = Float(
        256.0, min=1.0, help="MB of files that a program in the sandbox may leave for the next one."
    ).tag(config=True)
    sandbox_reads_notebook_folder = Bool(
        True,
        help="Whether programs in the sandbox may read the folder of the notebook; files that are named as those that "
        "hold secrets are hidden even so.",
    ).tag(config=True)
    web_hosts = List(
        Unicode(),
        help="Hosts that tools may fetch pages from, as ['docs.python.org', '*.readthedocs.io', 'data.example.org:8443']; "
        "empty: none. Addresses in private networks are refused whatever their names are.",
    ).tag(config=True)
    web_seconds = Float(20.0, min=0.1, help="Seconds that fetching a page may take, with all redirects.").tag(
        config=True
    )
    web_mb = Float(5.0, min=0.001, help="MB that a fetched page may have.").tag(config=True)

    mcp_file = Unicode(
        "",
        help="File that names the MCP servers whose tools are used, in the format of other MCP clients; empty: "
        "`mcp.json` in the data folder.",
    ).tag(config=True)
    mcp_start_timeout = Float(
        60.0, min=0.1, help="Seconds that an MCP server gets to start and to say what it offers."
    ).tag(config=True)
    mcp_call_timeout = Float(
        120.0,
        min=0.1,
        help="Seconds that a call of an MCP server's tool may take; `timeout` in its entry overrides it.",
    ).tag(config=True)
    mcp_server = Bool(
        True, help="Whether outside agents may use Lumina's tools over MCP, at `/lumina/mcp` and with Jupyter's token."
    ).tag(config=True)
    mcp_server_scopes = Dict(
        value_trait=List(Enum(("read", "write", "execute", "network"))),
        default_value={"*": ["read", "write", "execute"]},
        help="What tools may do for outside agents, by patterns of tools' names, of which the longest that fits counts: "
        "{'*': ['read'], 'run_cell': ['read', 'execute']}. A tool that can do more is not offered. What is offered is "
        "asked about like any other call.",
    ).tag(config=True)

    max_body_mb = Float(32.0, min=0.001, help="Largest request body that the server takes, in MB.").tag(config=True)
    max_image_mb = Float(5.0, min=0.001, help="Largest image that a question may hold, in MB.").tag(config=True)
    keep_keys_in_kernels = Bool(
        False, help="Leave provider keys that the server found in its environment in the kernels' environment."
    ).tag(config=True)

    @validate("endpoints")
    def _endpoints_are_complete(self, proposal: Any) -> Any:
        for name, endpoint in proposal.value.items():
            if not isinstance(endpoint.get("base_url"), str) or not endpoint["base_url"].startswith("http"):
                raise InvalidSetting(f"c.Lumina.endpoints[{name!r}] needs a `base_url` that begins with http.")
            unknown = set(endpoint) - {"base_url", "key_variable", "headers"}
            if unknown:
                raise InvalidSetting(f"c.Lumina.endpoints[{name!r}] has unknown entries: {', '.join(sorted(unknown))}.")
        return proposal.value

    @property
    def data_path(self) -> Path:
        """The data folder, whether or not it exists yet."""
        if self.data_dir:
            return Path(self.data_dir).expanduser()
        from jupyter_core.paths import jupyter_data_dir

        return Path(jupyter_data_dir()) / "lumina"

    @property
    def mcp_path(self) -> Path:
        """The file that names the MCP servers, whether or not there is one."""
        return Path(self.mcp_file).expanduser() if self.mcp_file else self.data_path / "mcp.json"

    @property
    def experiments_path(self) -> Path:
        """The folder of AutoML's experiments, whether or not it exists yet."""
        return self.data_path / "automl"

    @property
    def models_path(self) -> Path:
        """The folder of the embedded models' files."""
        return Path(self.models_dir).expanduser() if self.models_dir else self.data_path / "models"


def load_settings(overrides: dict[str, Any] | None = None) -> Lumina:
    """The settings from `jupyter_lumina_config` in Jupyter's config folders, for use without a server.

    Raises:
        InvalidSetting: when a config file cannot be read or holds a wrong value.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets import TraitError
    from traitlets.config.loader import (
        ConfigFileNotFound,
        JSONFileConfigLoader,
        PyFileConfigLoader,
    )

    config = Config()
    # Jupyter lists the folder that matters most first, so merge from the last.
    for folder in reversed(jupyter_config_path()):
        for loader in (JSONFileConfigLoader, PyFileConfigLoader):
            suffix = "json" if loader is JSONFileConfigLoader else "py"
            name = f"jupyter_lumina_config.{suffix}"
            try:
                config.merge(loader(name, path=folder).load_config())
            except ConfigFileNotFound:
                continue
            except Exception as error:
                raise InvalidSetting(f"{folder}/{name} cannot be read: {error}") from error
    try:
        return Lumina(config=config, **(overrides or {}))
    except TraitError as error:
        raise InvalidSetting(str(error)) from error
