"""The headers that every answer carries: scripts, styles and everything else come from this portal alone."""

#: No inline style and no inline script; a form leads to this portal alone, and no other page frames this one.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Behind TLS: browsers ask by TLS alone, for a year, this host and whatever is below it.
TLS_ALONE = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def headers(*, secure: bool) -> dict[str, str]:
    """Return what every answer carries; `secure`: the portal stands behind TLS."""
    return HEADERS | (TLS_ALONE if secure else {})
