"""The officers' portal inside Airflow's screens: the newest served release, as a page of the menu and of each run.

Static files only, read-only, without personal values; Airflow does not ask for a login in front of them, so the server
stays on 127.0.0.1 unless somebody puts a gatekeeper before it.
"""

from airflow.plugins_manager import AirflowPlugin
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import Request

from jobs.settings import read_settings
from jobs.stages import stage_of

PORTAL = read_settings().lake / stage_of("serve").folder / "current" / "portal"
"""``current`` moves with each release; it is followed at every request."""

app = FastAPI(title="brain portal", openapi_url=None)


@app.exception_handler(404)
async def say_what_is_missing(_request: Request, _error: HTTPException) -> PlainTextResponse:
    """Before the first release there is no portal."""
    return PlainTextResponse("尚无发布，或没有这一页。", status_code=404)


app.mount("/", StaticFiles(directory=PORTAL, html=True, check_dir=False))


class BrainPortal(AirflowPlugin):
    """Registers the pages."""

    name = "brain_portal"
    fastapi_apps = [{"app": app, "url_prefix": "/report", "name": "brain portal"}]
    external_views = [
        {
            "name": "质量报告",
            "href": "report/index.html",
            "destination": destination,
            "url_route": f"brain-report-{destination.replace('_', '-')}",
            "nav_top_level": destination == "nav",
        }
        for destination in ("nav", "dag_run")
    ]
