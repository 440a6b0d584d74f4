"""A private certificate authority for tests, made with the openssl command."""

import subprocess


class Authority:
    """Signs server certificates for 127.0.0.1 and localhost."""

    def __init__(self, folder, name="modelux tests"):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key = folder / "ca.pem", folder / "ca.key"
        openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            self.key,
            "-out",
            self.certificate,
            "-days",
            "30",
            "-subj",
            f"/CN={name}",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
        )

    def issue(self, name, hosts="IP:127.0.0.1,DNS:localhost", days=30):
        """(certificate, key) of a server."""
        certificate, key, request, extra = (self.folder / f"{name}.{end}" for end in ("pem", "key", "csr", "ext"))
        extra.write_text(f"subjectAltName={hosts}\nbasicConstraints=CA:FALSE\n")
        openssl(
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            key,
            "-out",
            request,
            "-subj",
            f"/CN={name}",
        )
        openssl(
            "x509",
            "-req",
            "-in",
            request,
            "-CA",
            self.certificate,
            "-CAkey",
            self.key,
            "-CAcreateserial",
            "-out",
            certificate,
            "-days",
            str(days),
            "-extfile",
            extra,
        )
        return certificate, key


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, stdin=subprocess.DEVNULL, capture_output=True)
