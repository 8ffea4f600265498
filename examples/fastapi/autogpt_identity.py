"""Whom a call is for that came through the gateway of AutoGPT SSO (its header X-AutoGPT-Identity)."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import jwt
from fastapi import Depends, Header, HTTPException

ISSUER = os.environ.get("AUTOGPT_ISSUER", "http://localhost:4000")

# Asked again every five minutes, and at once for a key that is new.
keys = jwt.PyJWKClient(f"{ISSUER}/.well-known/jwks.json", lifespan=300)


@dataclass(frozen=True)
class Caller:
    """user_id is None for a machine, client_id is None for an API key."""

    user_id: str | None
    client_id: str | None
    scopes: frozenset[str]
    credential_id: str


def caller(x_autogpt_identity: Annotated[str, Header()] = "") -> Caller:
    """The caller in the gateway's signed words; 401 for anything else (RFC 8725)."""
    try:
        if jwt.get_unverified_header(x_autogpt_identity).get("typ") != "autogpt-identity+jwt":
            raise jwt.InvalidTokenError("another kind of token")
        claims = jwt.decode(
            x_autogpt_identity,
            keys.get_signing_key_from_jwt(x_autogpt_identity),
            algorithms=["ES256"],
            audience="autogpt-platform",
            issuer=ISSUER,
            leeway=5,
            options={"require": ["exp", "iat", "sub"]},
        )
    except jwt.PyJWKClientConnectionError as error:
        raise HTTPException(503, "The issuer's keys cannot be read.") from error
    except jwt.PyJWTError as error:
        raise HTTPException(401, "This call did not come through the gateway.") from error
    client_id = claims.get("client_id")
    return Caller(
        user_id=None if claims["sub"] == client_id else claims["sub"],
        client_id=client_id,
        scopes=frozenset(claims["scope"].split()),
        credential_id=claims["credential_id"],
    )


def requires(*scopes: str) -> Callable[[Caller], Caller]:
    """The caller, where all of these scopes are there; the gateway has asked the same before."""

    def checked(who: Annotated[Caller, Depends(caller)]) -> Caller:
        missing = [scope for scope in scopes if scope not in who.scopes]
        if missing:
            raise HTTPException(403, f"Missing required permission(s): {', '.join(missing)}")
        return who

    return checked
