"""电子签名: the applicant signs what is handed in, through a signature service; the digest says what was signed."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson
import sqlalchemy as sa

from engine.actors import Actor
from engine.casework import drafts, form_files
from engine.errors import Unavailable
from engine.models.applications import signatures
from engine.models.base import new_id
from engine.ports import ConnectorUnavailable
from engine.transaction import Engine, Transaction


class SignatureUnavailable(Unavailable):
    """Expected the signature service to answer, but it did not; nothing is lost, submit again in a minute."""

    zh = "电子签名服务暂时没有应答；已填内容不会丢失，请稍后再提交。"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature on an application. digest: SHA-256 of the answers as they were handed in."""

    name: str
    digest: str
    provider: str
    at: datetime


def sign(engine: Engine, actor: Actor, draft_id: str) -> None:
    """Signs the saved answers of the actor's draft, once for the same answers. Raises SignatureUnavailable, NotFound."""
    if engine.signer is None or not actor.subject:
        return
    with engine.read(actor) as tx:
        draft = drafts.read_draft(tx, draft_id)
        digest = _digest(draft)
        if tx.value(sa.select(signatures.c.id).where(signatures.c.draft_id == draft_id, signatures.c.digest == digest)):
            return
    try:
        value = engine.signer.sign(actor.subject, digest, idempotency_key=f"{draft_id}:{digest[:16]}")
    except ConnectorUnavailable as error:
        raise SignatureUnavailable from error
    with engine.begin(actor) as tx:
        drafts.for_writing(tx, draft_id)
        row = {"account_id": actor.id, "name": actor.name, "digest": digest, "provider": engine.signer.name, "value": value}
        tx.connection.execute(signatures.insert().values(id=new_id(), draft_id=draft_id, at=tx.now, **row))


def _digest(draft: drafts.Draft) -> str:
    what = {"service": draft.item_code, "answers": form_files.storable(draft.answers)}
    return sha256(orjson.dumps(what, option=orjson.OPT_SORT_KEYS)).hexdigest()


def of_case(tx: Transaction, case_no: str) -> tuple[Signed, ...]:
    """The signatures on a case's application, oldest first; the caller has checked who may see the case."""
    rows = tx.rows(sa.select(signatures).where(signatures.c.case_no == case_no).order_by(signatures.c.id))
    return tuple(Signed(row["name"], row["digest"], row["provider"], row["at"]) for row in rows)
