"""TLS towards callers and providers: who is trusted, what is spoken, and that no secret goes out before."""

import json
import shutil
import socket
import ssl
import threading
import time

import pytest

from support.appliance import Appliance
from support.certificates import Authority

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command on this machine")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


def trusting(authority, **options):
    context = ssl.create_default_context(cafile=str(authority.certificate))
    for name, value in options.items():
        setattr(context, name, value)
    return context


@pytest.fixture(scope="module")
def secured(authority):
    """An appliance whose inference listener speaks TLS; (appliance, certificate file, key file)."""
    certificate, key = authority.issue("listener")
    environment = {"MODELUX_PROXY_TLS_CERTIFICATE": str(certificate), "MODELUX_PROXY_TLS_KEY": str(key)}
    with Appliance(mode="serve", environment=environment, tls=trusting(authority)) as running:
        yield running, certificate, key


def test_callers_are_answered_over_tls(secured):
    appliance, *_ = secured
    assert appliance.chat().status == 200
    assert len(appliance.chat("sandbox/lorem", stream=True, max_tokens=500).events()) > 100


def test_plain_http_at_a_tls_port_gets_no_answer(secured):
    appliance, *_ = secured
    with socket.create_connection(("127.0.0.1", appliance.proxy_port), 5) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            assert b"200" not in plain.recv(1000)
        except OSError:
            pass
    assert appliance.chat().status == 200


@pytest.mark.parametrize(
    "version, works", [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)]
)
def test_nothing_older_than_tls_1_2(secured, authority, version, works):
    appliance, *_ = secured
    context = trusting(authority)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    try:
        with socket.create_connection(("127.0.0.1", appliance.proxy_port), 5) as plain, context.wrap_socket(
            plain, server_hostname="localhost"
        ) as link:
            assert works and link.version() == version.name.replace("_", ".")
    except (ssl.SSLError, OSError):
        assert not works


def serial(appliance, authority):
    with socket.create_connection(("127.0.0.1", appliance.proxy_port), 5) as plain, trusting(authority).wrap_socket(
        plain, server_hostname="localhost"
    ) as link:
        return link.getpeercert()["serialNumber"]


def test_a_renewed_certificate_is_used_without_a_restart(secured, authority):
    appliance, certificate, key = secured
    before = serial(appliance, authority)
    held = appliance.connection()
    held.connect()
    fresh = authority.issue("renewed")
    shutil.copy(fresh[1], key)
    shutil.copy(fresh[0], certificate)
    appliance.wait_until(lambda: serial(appliance, authority) != before, 10, "the new certificate")
    held.request("GET", "/healthz")
    assert held.getresponse().status == 200


def test_a_broken_certificate_changes_nothing(secured, authority):
    appliance, certificate, key = secured
    before, text = serial(appliance, authority), certificate.read_text()
    certificate.write_text("nonsense")
    time.sleep(3)
    assert serial(appliance, authority) == before and appliance.chat().status == 200
    certificate.write_text(text)


@pytest.mark.parametrize("setting", ["missing", "mismatched"])
def test_a_start_with_an_impossible_certificate_is_refused(tmp_path, authority, setting):
    certificate, _ = authority.issue("one")
    _, key = authority.issue("two")
    names = (tmp_path / "none.pem", tmp_path / "none.key") if setting == "missing" else (certificate, key)
    with pytest.raises(AssertionError) as refused:
        Appliance(
            mode="serve",
            data=tmp_path / "data",
            wait=10,
            environment={"MODELUX_PROXY_TLS_CERTIFICATE": str(names[0]), "MODELUX_PROXY_TLS_KEY": str(names[1])},
        )
    assert "ended with 7" in str(refused.value)


# Towards providers.


class Provider:
    """A TLS server that answers one kind of chat completion and keeps the bytes that it saw after the handshake."""

    def __init__(self, certificate, key, **options):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        for name, value in options.items():
            setattr(self.context, name, value)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.seen = b""
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(plain,), daemon=True).start()

    def answer(self, plain):
        body = json.dumps(
            {
                "object": "chat.completion",
                "choices": [],
                "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
            }
        ).encode()
        try:
            with self.context.wrap_socket(plain, server_side=True) as link:
                while data := link.recv(65536):
                    self.seen += data
                    link.sendall(
                        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
                        + body
                    )
        except OSError:
            pass

    def close(self):
        self.listener.close()


@pytest.fixture(scope="module")
def outbound(authority):
    """An appliance that trusts our authority for its providers."""
    with Appliance(mode="serve", environment={"MODELUX_UPSTREAM_CA_FILE": str(authority.certificate)}) as running:
        yield running


def call(appliance, provider, host="127.0.0.1"):
    name = f"tls-{time.monotonic_ns()}"
    appliance.make_provider(name, f"https://{host}:{provider.port}/v1", api_key="only-after-the-handshake")
    return appliance.chat(f"{name}/m")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_provider_with_a_private_authority_is_reached(outbound, authority, host):
    provider = Provider(*authority.issue(f"good-{host}"))
    answer = call(outbound, provider, host)
    assert answer.status == 200 and outbound.log(answer.request_id)["usage"]["output_tokens"] == 2
    assert b"only-after-the-handshake" in provider.seen
    provider.close()


def bad_providers(authority, folder):
    other = Authority(folder / "other", "somebody else")
    old = ssl.TLSVersion.TLSv1_1
    return {
        "an unknown authority": Provider(*other.issue("unknown")),
        "another name": Provider(*authority.issue("elsewhere", hosts="DNS:elsewhere.example")),
        "an expired certificate": Provider(*authority.issue("expired", days=-1)),
        "an old TLS": Provider(*authority.issue("old"), maximum_version=old, minimum_version=ssl.TLSVersion.TLSv1),
    }


def test_no_credential_goes_out_before_a_valid_handshake(outbound, authority, tmp_path):
    for what, provider in bad_providers(authority, tmp_path).items():
        answer = call(outbound, provider)
        assert (answer.status, answer.error["code"]) == (502, "provider_error"), what
        assert provider.seen == b"", what
        provider.close()
    assert outbound.chat().status == 200


def test_a_provider_without_tls_is_not_spoken_to_in_plain(outbound):
    server = socket.create_server(("127.0.0.1", 0))
    seen = []

    def serve():
        connection, _ = server.accept()
        seen.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        connection.close()

    threading.Thread(target=serve, daemon=True).start()
    outbound.make_provider(
        "plain", f"https://127.0.0.1:{server.getsockname()[1]}/v1", api_key="only-after-the-handshake"
    )
    assert outbound.chat("plain/m").status == 502
    assert b"only-after" not in b"".join(seen)
    server.close()
