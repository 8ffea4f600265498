"""A platform behind the gateway: uvicorn main:app --port 8000"""

from typing import Annotated

from fastapi import Depends, FastAPI

from autogpt_identity import Caller, requires

app = FastAPI()


@app.get("/external-api/v2/graphs")
def graphs(who: Annotated[Caller, Depends(requires("READ_GRAPH"))]) -> dict:
    return {"items": [], "next_cursor": None, "asked_by": who.user_id, "app": who.client_id}
