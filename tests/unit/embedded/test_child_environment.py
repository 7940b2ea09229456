"""What the embedded model's process may know of our environment."""

from __future__ import annotations

from lumina_jupyter.gateway.embedded.process import child_environment
from lumina_jupyter.gateway.providers.specs import PROVIDERS


def test_no_key_and_no_token_gets_into_it() -> None:
    secrets = {name for spec in PROVIDERS.values() for name in (*spec.key_variables, *spec.secret_variables)}
    secrets |= {"LUMINA_TOKEN", "JUPYTER_TOKEN", "JPY_API_TOKEN", "MY_COMPANY_SECRET", "HTTPS_PROXY"}
    assert set(child_environment(dict.fromkeys(secrets, "secret"))) == {"GOMP_SPINCOUNT"}


def test_what_it_needs_to_run_does() -> None:
    environment = {"PATH": "/bin", "LC_ALL": "C.UTF-8", "CUDA_VISIBLE_DEVICES": "0", "GOMP_SPINCOUNT": "7"}
    assert child_environment(environment) == environment
