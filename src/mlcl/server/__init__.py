"""The REST API and the web page.

app.py puts the routes together; each file of routes has a `router`. `context.py` has what routes share (the store, the
caller, what is kept in memory), `schemas/` what they answer with, `paging.py` how lists are cut into pages. Errors are
raised as MlclErrors; errors.py makes problem documents of them. gateway.py puts API, page and model server on one port.
"""
