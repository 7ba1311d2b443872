import { forEverybody } from "./everybody";

forEverybody({
  home: "/",
  models: "/models",
  model: "/models/churn",
  compare: "/models/churn/compare?left=2&right=3",
  search: "/search?q=churn",
  account: "/account",
  nowhere: "/no/such/page",
});
