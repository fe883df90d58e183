"""Style sheets and scripts in production: each under a name that changes with what is in it."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Scripts import one another; what they import is renamed as well."""

    support_js_module_import_aggregation = True
