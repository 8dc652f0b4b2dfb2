// A route that does not say who may call it is not served.
#include "api/routes.h"

namespace attune::api {

net::Response handler(Services& services, const Call& call);

void rows(Routes& routes) {
#ifdef CONTROL
  routes.get("/api/me", Scope::signedIn, &handler, "Who is signed in");
  routes.post("/api/me", Scope::client, &handler, "Write");
#else
  routes.get("/api/me", &handler, "Who is signed in");  // must fail: cannot convert|no matching
  routes.post("/api/me", &handler, "Write");            // must fail: cannot convert|no matching
  routes.put("/api/me", {}, &handler);                  // must fail: no matching
  routes.get("/api/me", 2, &handler, "By number");      // must fail: cannot convert|no matching
#endif
}

}  // namespace attune::api
