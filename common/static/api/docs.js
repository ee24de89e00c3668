// Shows the API's schema; what is tried out here in a portal session carries that session's CSRF token.
const place = document.querySelector("#docs");

function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
}

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor(request) {
    const token = csrfToken();
    const isOurs = new URL(request.url, location.href).origin === location.origin;
    if (token && isOurs) {
      request.headers["X-CSRFToken"] = token;
    }
    return request;
  },
});
