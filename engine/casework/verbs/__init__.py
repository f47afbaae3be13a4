"""What officers do to a task or a case besides completing it, one family of verbs a file (DOMAIN 3.2).

Each says who may, from which state, and leaves a history row; two people at once give one winner and one clear refusal."""

from engine.casework.verbs.copying import Copy, copies_for, copy, mark_copy_read
from engine.casework.verbs.extending import extend
from engine.casework.verbs.handing import NotDelegated, NotToOneself, delegate, hand_back, transfer
from engine.casework.verbs.opinions import opinions
from engine.casework.verbs.pausing import (
    Pauses,
    approve_pause,
    ask_pause,
    close_pause,
    pauses_of,
    refuse_pause,
    unsettled_pauses,
)
from engine.casework.verbs.returning import NoWayBack, Return, StraightImpossible, returned, send_back
from engine.casework.verbs.signing import NotAddedSigner, NotYourTurn, Signer, add_signers, remove_signer, sign, signers_of
from engine.casework.verbs.supervising import Supervision, answer, close_supervision, supervise, supervisions_of
from engine.casework.verbs.suspending import CaseNotSuspended, resume, suspend, terminate
from engine.casework.verbs.taking_back import NothingToTakeBack, take_back, take_back_candidates
from engine.casework.verbs.urging import RemindedBefore, remind
from engine.casework.verbs_rows import phrases, save_phrases

__all__ = [
    "CaseNotSuspended",
    "Copy",
    "NoWayBack",
    "NotAddedSigner",
    "NotDelegated",
    "NotToOneself",
    "NotYourTurn",
    "NothingToTakeBack",
    "Pauses",
    "RemindedBefore",
    "Return",
    "Signer",
    "StraightImpossible",
    "Supervision",
    "add_signers",
    "answer",
    "approve_pause",
    "ask_pause",
    "close_pause",
    "close_supervision",
    "copies_for",
    "copy",
    "delegate",
    "extend",
    "hand_back",
    "mark_copy_read",
    "opinions",
    "pauses_of",
    "phrases",
    "refuse_pause",
    "remind",
    "remove_signer",
    "resume",
    "returned",
    "save_phrases",
    "send_back",
    "sign",
    "signers_of",
    "supervise",
    "supervisions_of",
    "suspend",
    "take_back",
    "take_back_candidates",
    "terminate",
    "transfer",
    "unsettled_pauses",
]
