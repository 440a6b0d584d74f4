"""A real mail server, aiosmtpd, with TLS and sign-in, that keeps what it got."""

import email
import email.policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from .paths import free_port

USER, PASSWORD = "modelux-user", "canary-Pässword/1 2"


class Mailbox:
    """Takes mails for one user; `security` is starttls, tls or none."""

    def __init__(self, context=None, security="starttls", mechanisms=("PLAIN", "LOGIN"), port=None):
        self.mails = []
        self.mechanisms = []
        self.refuse = None
        self.port = port or free_port()
        self.context, self.security = context, security
        self.excluded = [name for name in ("PLAIN", "LOGIN") if name not in mechanisms]
        self.controller = None
        self.up()

    def authenticate(self, server, session, envelope, mechanism, data):
        self.mechanisms.append(mechanism)
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=good)

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return self.refuse
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        self.mails.append((envelope, message, session))
        return "250 kept"

    def up(self):
        options = {
            "auth_exclude_mechanism": self.excluded,
            "authenticator": self.authenticate,
            "decode_data": False,
            "enable_SMTPUTF8": False,
        }
        if self.security == "starttls":
            options.update(tls_context=self.context, require_starttls=True, auth_required=True)
        elif self.security == "tls":
            options.update(auth_required=True, auth_require_tls=False)
        mailbox = self

        class Server(Controller):
            def factory(self):
                return SMTP(mailbox, **options)

        self.controller = Server(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=self.context if self.security == "tls" else None,
            ready_timeout=10,
        )
        self.controller.start()

    def down(self):
        self.controller.stop()

    close = down

    def settings(self, password_file, **more):
        """The environment that makes an appliance use it."""
        return {
            "MODELUX_MAIL_HOST": "localhost",
            "MODELUX_MAIL_PORT": str(self.port),
            "MODELUX_MAIL_SECURITY": self.security,
            "MODELUX_MAIL_USER": USER if self.security != "none" else "",
            "MODELUX_MAIL_PASSWORD_FILE": str(password_file) if self.security != "none" else "",
            "MODELUX_MAIL_FROM": "modelux@example.com",
            **more,
        }
