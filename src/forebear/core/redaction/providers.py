"""Keys that providers give a form of their own: found wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from forebear.core.patterns import pattern
from forebear.core.redaction.patterns import mark, replace

__all__ = ["provider_keys"]

_PROVIDERS: Final = [
    (rule, words.split(), pattern(rf"({form})"))
    for rule, words, form in (
        ("aws-access-key", "AKIA ASIA ABIA ACCA", r"A(?:KI|SI|BI|CC)A[A-Z0-9]{16}(?![A-Za-z0-9_])"
         r"(?:[\s,:;|]{1,4}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+]))?"),
        ("jwt", "eyJ", r"(?:eyJ(?<![\w\-]eyJ)|eyJ(?<=\\[nrt]eyJ))[\w\-]{8,}+\.eyJ[\w\-]{5,}+"
         r"(?:\.[\w\-]*+)?"),
        ("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{30,}+"),
        ("github-token", "github_pat_", r"github_pat_\w{22,}+"),
        ("gitlab-token", "gl", r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\w\-.]{20,}+"),
        ("gitlab-token", "GR1348941", r"GR1348941[\w\-]{20,}+"),
        ("slack-token", "xox", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9\-]{10,}+"),
        ("slack-token", "xapp-", r"xapp-[A-Za-z0-9\-]{10,}+"),
        ("slack-webhook", "hooks.slack.com", r"hooks\.slack\.com/[a-z]{3,12}/[\w/\-]{20,}+"),
        ("discord-webhook", "/api/webhooks/", r"/api/webhooks/\d{10,}+/[\w\-]{30,}+"),
        ("telegram-token", ":AA", r"\d{8,10}:AA[\w\-]{32,34}(?![\w\-])"),
        ("stripe-key", "_live_ _test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}+"),
        ("stripe-key", "whsec_", r"whsec_[A-Za-z0-9+/]{24,}+=*+"),
        ("anthropic-key", "sk-ant-", r"sk-ant-[\w\-]{20,}+"),
        ("openai-key", "sk-", r"sk-(?:(?:proj|svcacct|admin|None|or|lf)-[\w\-]{20,}+"
         r"|[A-Za-z0-9]{20,}+)"),
        ("huggingface-token", "hf_", r"hf_[A-Za-z0-9]{30,}+"),
        ("huggingface-token", "api_org_", r"api_org_[A-Za-z0-9]{30,}+"),
        ("wandb-key", "wandb_v1_", r"wandb_v1_\w{30,}+"),
        ("kaggle-key", '"username"', r'(?<="key":)\s{0,4}"[0-9a-f]{32}"'),
        ("kaggle-key", "KGAT_", r"KGAT_[0-9a-f]{32}"),
        ("npm-token", "npm_", r"npm_[A-Za-z0-9]{36,}+"),
        ("pypi-token", "pypi-", r"pypi-[\w\-]{40,}+"),
        ("conda-token", "/t/", r"/t/[a-z]{2}-[0-9a-f\-]{36}(?=/)"),
        ("google-key", "AIza", r"AIza[\w\-]{35}(?![\w\-])"),
        ("google-token", "ya29.", r"ya29\.[\w\-]{20,}+"),
        ("google-secret", "GOCSPX-", r"GOCSPX-[\w\-]{24,}+"),
        ("azure-secret", "8Q~", r"[\w~.\-]{3}8Q~[\w~.\-]{31,37}"),
        ("azure-devops-token", "AZDO", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
        ("databricks-token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
        ("digitalocean-token", "_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
        ("sendgrid-key", "SG.", r"SG\.[\w\-]{16,32}\.[\w\-]{16,64}"),
        ("twilio-key", "SK", r"SK[0-9a-f]{32}(?![0-9A-Za-z])"),
        ("docker-token", "dckr_", r"dckr_(?:pat|oat)_[\w\-]{20,}+"),
        ("shopify-token", "shp", r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}"),
        ("vault-token", "hvs. hvb. hvr.", r"hv[sbr]\.[\w\-]{20,}+"),
        ("terraform-token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w\-]{40,}+"),
        ("forebear-token", "fbr_", r"fbr_(?:session_|setup_)?[0-9a-f]{40,}+"),
        ("groq-key", "gsk_", r"gsk_[A-Za-z0-9]{20,}+"),
        ("xai-key", "xai-", r"xai-[A-Za-z0-9]{40,}+"),
        ("perplexity-key", "pplx-", r"pplx-[A-Za-z0-9]{40,}+"),
        ("replicate-token", "r8_", r"r8_[A-Za-z0-9]{36,}+"),
        ("langsmith-key", "lsv2_", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
        ("pinecone-key", "pcsk_", r"pcsk_\w{30,}+"),
        ("grafana-token", "glsa_ glc_", r"gl(?:sa|c)_[\w=]{30,}+"),
        ("atlassian-token", "ATATT3 ATBB", r"AT(?:ATT3[\w=\-]{50,}+|BB[A-Za-z0-9]{32})"),
        ("newrelic-key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
        ("postman-key", "PMAK-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
        ("prefect-key", "pnu_ pnb_", r"pn[ub]_[A-Za-z0-9]{36}"),
        ("pulumi-token", "pul-", r"pul-[a-f0-9]{40}"),
        ("linear-key", "lin_api_", r"lin_api_[A-Za-z0-9]{32,}+"),
        ("supabase-key", "sbp_ sb_secret_", r"sb(?:p_[a-f0-9]{40}|_secret_[\w\-]{20,}+)"),
    )
]  # fmt: skip


_WORDS: Final = tuple(word for _, words, _ in _PROVIDERS for word in words)
_SHORTEST: Final = 15


def provider_keys(value: str, rules: list[str]) -> str:
    """Take out keys that are known by their own form."""
    if len(value) < _SHORTEST or not any(word in value for word in _WORDS):
        return value
    for rule, words, form in _PROVIDERS:
        if any(word in value for word in words):
            value = replace(form, value, _at_word_start(rule, value, rules))
    return value


def _at_word_start(
    rule: str, value: str, rules: list[str]
) -> Callable[[re.Match[str]], str | None]:
    """Refuse matches in the middle of a longer word; `\\n` before a key in JSON is no letter."""

    def change(match: re.Match[str]) -> str | None:
        before = value[max(0, match.start() - 2) : match.start()]
        inside = before[-1:].isalnum() and match[0][0].isalnum()
        escaped = len(before) == 2 and before[0] == "\\" and before[1] in "nrt"
        return mark(rule, rules) if escaped or not inside else None

    return change
