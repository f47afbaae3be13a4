"""The small signs inside events, gateways and tasks, as SVG paths in a box of 18 by 18."""

EVENT_ICONS: dict[str, str] = {
    "message": "M2 4h14v10H2zM2 4l7 6 7-6",
    "timer": "M9 1.5a7.5 7.5 0 1 0 .01 0zM9 4v5l3.5 2",
    "error": "M3 15 7 4l4 7 4-8-3 12-4-6z",
    "escalation": "M9 2l5 13-5-5-5 5z",
    "signal": "M9 3l7 12H2z",
    "conditional": "M3 2h12v14H3zM5 5h8M5 8h8M5 11h8M5 14h8",
    "link": "M2 6h8V3l6 6-6 6v-3H2z",
    "compensate": "M9 4v10L3 9zM15 4v10L9 9z",
    "cancel": "M4 4l10 10M14 4L4 14",
    "terminate": "M9 3a6 6 0 1 0 .01 0z",
    "multiple": "M9 2l7 5-3 8H5L2 7z",
}

GATEWAY_ICONS: dict[str, str] = {
    "exclusiveGateway": "M4 4l10 10M14 4L4 14",
    "parallelGateway": "M9 2v14M2 9h14",
    "inclusiveGateway": "M9 2.5a6.5 6.5 0 1 0 .01 0z",
    "complexGateway": "M9 2v14M2 9h14M4 4l10 10M14 4L4 14",
    "eventBasedGateway": "M9 1.5a7.5 7.5 0 1 0 .01 0zM9 4l5 3.6-2 6H6l-2-6z",
}

TASK_ICONS: dict[str, str] = {
    "userTask": "M9 2.5a3.2 3.2 0 1 0 .01 0zM3 16c0-4 3-6 6-6s6 2 6 6z",
    "manualTask": "M3 8h7l-2-3h2l5 4v5H4zM3 8v6",
    "serviceTask": "M9 6a3 3 0 1 0 .01 0zM9 2v3M9 13v3M2 9h3M13 9h3M4 4l2 2M12 12l2 2M14 4l-2 2M6 12l-2 2",
    "scriptTask": "M5 2h9c-3 3 3 8 0 14H4c3-5-3-10 1-14zM6 6h6M6 9h6M7 12h5",
    "businessRuleTask": "M2 3h14v12H2zM2 7h14M7 7v8M2 11h14",
    "sendTask": "M2 4h14v10H2zM2 4l7 6 7-6",
    "receiveTask": "M2 4h14v10H2zM2 4l7 6 7-6",
    "callActivity": "M3 3h12v12H3zM9 6v6M6 9h6",
}

LOOP_ICONS: dict[str, str] = {
    "parallel": "M5 3v12M9 3v12M13 3v12",
    "sequential": "M3 5h12M3 9h12M3 13h12",
    "loop": "M14 9a5 5 0 1 1-2-4M12 1v4h-4",
    "standard": "M14 9a5 5 0 1 1-2-4M12 1v4h-4",
}
