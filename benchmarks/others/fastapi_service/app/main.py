from fastapi import FastAPI

from app.protocol.signature import SignatureVerifier
from app.repositories.groups import GroupRepository
from app.routers import gateway
from app.services.groups import GroupService
from app.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.verifier = SignatureVerifier(settings)
    app.state.groups = GroupService(GroupRepository(), settings.max_groups)
    app.include_router(gateway.router)
    return app
