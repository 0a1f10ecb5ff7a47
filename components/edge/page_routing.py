"""Which paths are pages of the application: a function that CloudFront runs on each request.

Not `custom_error_responses`: those would also turn the API's 403 and 404 into the entry page.
"""

RUNTIME = "cloudfront-js-2.0"

ENTRY_PAGE = "index.html"

PAGE_ROUTING = f"""\
// A path whose last part has no dot is a page that the application draws: the entry page.
// What others prescribe (RFC 8615: /.well-known/) is never a page.
function handler(event) {{
    var request = event.request;
    var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);
    if (last.indexOf('.') === -1 && request.uri.indexOf('/.well-known/') !== 0) {{
        request.uri = '/{ENTRY_PAGE}';
    }}
    return request;
}}
"""
"""ECMAScript 5.1, which the runtime has in full (CloudFront Developer Guide, "JavaScript runtime
2.0 features for CloudFront Functions")."""
