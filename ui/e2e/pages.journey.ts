import { forEverybody } from "./everybody";

forEverybody({
  home: "/",
  models: "/models",
  model: "/models/churn",
  "version-made": "/models/churn/2",
  "version-figures": "/models/churn/2?tab=figures",
  "version-policy": "/models/churn/3?tab=policy",
  "version-use": "/models/churn/2?tab=use",
  audit: "/models/churn/2/audit",
  compare: "/models/churn/compare?left=2&right=3",
  search: "/search?q=churn",
  nowhere: "/no/such/page",
});
