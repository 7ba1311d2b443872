import { forEverybody } from "./everybody";

forEverybody({
  home: "/",
  models: "/models",
  model: "/models/churn",
  "version-made": "/models/churn/2",
  "version-figures": "/models/churn/2?part=figures",
  "version-policy": "/models/churn/3?part=policy",
  "version-use": "/models/churn/2?part=use",
  audit: "/models/churn/2/audit",
  compare: "/models/churn/compare?left=2&right=3",
  search: "/search?q=churn",
  nowhere: "/no/such/page",
});
