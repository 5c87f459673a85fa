"""toso check: what is wrong here?"""

from __future__ import annotations

import argparse
import json

from bot import checking
from bot.clock import Clock
from bot.config import PROJECT, Config, ConfigError, load


async def run(args: argparse.Namespace) -> int:
    """List what is wrong; 1 if anything is."""
    config: Config | None = None
    findings: list[checking.Finding] = []
    try:
        config = load()
    except ConfigError as error:
        findings = [checking.Finding("wrong", sentence) for sentence in error.sentences]
    today = Clock(config.timezone if config else "Asia/Ho_Chi_Minh").now().date()
    findings += await checking.looked_at(config, PROJECT, today)
    if config and args.counts:
        findings += await checking.counts_proved(config)
    if config and args.settings and not args.as_json:
        print(f"{config.masked()}\n")
    print(_json(findings) if args.as_json else checking.shown(findings))
    return int(any(finding.mark == "wrong" for finding in findings))


def _json(findings: list[checking.Finding]) -> str:
    sorted_out: dict[str, object] = {
        mark: [finding.sentence for finding in findings if finding.mark == mark] for mark in checking.SIGNS
    }
    return json.dumps({"ok": not sorted_out["wrong"], **sorted_out}, ensure_ascii=False)
