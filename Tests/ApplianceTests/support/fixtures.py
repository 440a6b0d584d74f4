"""Fixtures of the suites that look at the built executable from outside."""

import pytest

from .appliance import Appliance
from .paths import BINARY, RECORDINGS
from .upstream import Upstream


def pytest_collection_modifyitems(items):
    if not BINARY.exists():
        for item in items:
            item.add_marker(pytest.mark.skip(reason=f"no executable at {BINARY}"))


@pytest.fixture(scope="session")
def appliance():
    """One demo for everything that does not break it; its key has no rate limit."""
    with Appliance() as running:
        running.key = running.make_key("tests")
        yield running
        assert running.alive, f"the executable ended during the suite:\n{running.said()[-3000:]}"


@pytest.fixture(scope="session")
def upstream():
    """One upstream that misbehaves on request."""
    server = Upstream()
    yield server
    server.close()


@pytest.fixture(scope="session")
def provider(appliance, upstream):
    """The name of the provider that points at the upstream."""
    # Of vendor openai, so that its models have prices.
    appliance.make_provider("witness", upstream.url, vendor="openai")
    return "witness"


@pytest.fixture
def fresh_appliance():
    """Makes demos of their own for tests that kill, starve or damage them."""
    made = []

    def make(*arguments, **options):
        appliance = Appliance(*arguments, **options)
        made.append(appliance)
        return appliance

    yield make
    for appliance in made:
        appliance.close()


needs_recordings = pytest.mark.skipif(
    not (RECORDINGS / "dev").is_dir(), reason="no recorded traffic in ../shared/traffic beside this clone"
)
