"""What the terminal says when a city stands."""

from engine.settings import Settings

ROLES: tuple[tuple[str, str], ...] = (
    ("市民 citizen", "陈桂芳"),
    ("企业 enterprise", "深圳市味然餐饮有限公司"),
    ("办事员 caseworker", "李敏"),
    ("监管 supervisor", "刘立"),
    ("设计 designer", "邓工"),
    ("运维 operator", "何维"),
)


def banner(settings: Settings, roles: tuple[tuple[str, str], ...], seconds: float) -> str:
    """Address, data folder, one-click roles and how to stop."""
    lines = [
        "",
        f"  通办已就绪 / Tongban is ready ({seconds:.1f} s)   {settings.base_url}",
        f"  数据 / data        {settings.data_dir}",
    ]
    if roles:
        lines.append(f"  一键登录 / sign in  {settings.base_url}/login")
        lines += [f"      {role:<18} {who}" for role, who in roles]
        lines.append("  重建 / start afresh  make reset")
    return "\n".join([*lines, "  停止 / stop          Ctrl-C", ""])
