"""Settings: read once from the environment, every one with a default that a laptop can live with."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

_KEY_FILE = "secret.key"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how much is allowed.

    database_url: SQLAlchemy URL. data_dir: folder for documents and the embedded database. base_url: public address.
    leave_seconds: how long a web process that was told to stop goes on serving while /health/ready already says no.
    replica_url: a read replica for boards, empty: none. zone: IANA name of the city's zone.
    session_hours: idle life of a sign-in. drain_seconds: how long a request waits for its own jobs.
    silence_seconds: how long a process may give no sign of life before others take over what it had leased.
    simulated_seconds, simulated_failures: how long the simulated registers take to answer, and the share that fails (0..1).
    secret_key: what form tokens and webhook secrets are computed from, the same in all processes; empty: kept in a file.
    trusted_proxy: address of the balancer whose `X-Forwarded-For` is believed; `*`: any that reaches the port; empty: none.
    webhook_networks: networks inside the house that webhooks may reach, such as `10.1.0.0/16,10.2.3.4/32`; empty: none.
    smtp_url: `smtp://user:password@host:port?from=address`, empty: no mail. sms_url, sms_token: an SMS gateway, empty: none."""

    database_url: str
    data_dir: Path
    base_url: str = "http://127.0.0.1:8000"
    zone: str = "Asia/Shanghai"
    session_hours: int = 8
    drain_seconds: float = 2.0
    silence_seconds: float = 5.0
    simulated_seconds: float = 0.0
    simulated_failures: float = 0.0
    secret_key: str = ""
    smtp_url: str = ""
    sms_url: str = ""
    sms_token: str = ""
    webhook_networks: str = ""
    trusted_proxy: str = ""
    replica_url: str = ""
    leave_seconds: float = 0.0
    demo: bool = False


def secret_of(settings: Settings) -> bytes:
    """The secret key from the settings, else the one kept beside the data, so that it survives restarts."""
    if settings.secret_key:
        return settings.secret_key.encode()
    file = settings.data_dir / _KEY_FILE
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), "ascii")
    return file.read_text("ascii").encode()


def has_secret(settings: Settings) -> bool:
    """Whether there is a secret key already, so that none has to be made."""
    return bool(settings.secret_key) or (settings.data_dir / _KEY_FILE).exists()


def from_environment(data_dir: Path | None = None) -> Settings:
    """Settings from `TONGBAN_*` variables; the default database is `var/tongban.db` under the working directory."""
    env = os.environ
    folder = data_dir or Path(env.get("TONGBAN_DATA", "var")).resolve()
    return Settings(
        database_url=env.get("TONGBAN_DATABASE_URL", f"sqlite:///{folder / 'tongban.db'}"),
        data_dir=folder,
        base_url=env.get("TONGBAN_BASE_URL", "http://127.0.0.1:8000"),
        zone=env.get("TONGBAN_ZONE", "Asia/Shanghai"),
        session_hours=int(env.get("TONGBAN_SESSION_HOURS", "8")),
        drain_seconds=float(env.get("TONGBAN_DRAIN_SECONDS", "2")),
        silence_seconds=float(env.get("TONGBAN_SILENCE_SECONDS", "5")),
        simulated_seconds=float(env.get("TONGBAN_SIMULATED_SECONDS", "0")),
        simulated_failures=float(env.get("TONGBAN_SIMULATED_FAILURES", "0")),
        secret_key=env.get("TONGBAN_SECRET_KEY", ""),
        smtp_url=env.get("TONGBAN_SMTP_URL", ""),
        sms_url=env.get("TONGBAN_SMS_URL", ""),
        sms_token=env.get("TONGBAN_SMS_TOKEN", ""),
        webhook_networks=env.get("TONGBAN_WEBHOOK_NETWORKS", ""),
        trusted_proxy=env.get("TONGBAN_TRUSTED_PROXY", ""),
        replica_url=env.get("TONGBAN_REPLICA_URL", ""),
        leave_seconds=float(env.get("TONGBAN_LEAVE_SECONDS", "0")),
        demo=env.get("TONGBAN_DEMO", "") == "1",
    )
