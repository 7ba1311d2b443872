import { forEverybody } from "./everybody";

forEverybody({
  home: "/",
  models: "/models",
  search: "/search?q=churn",
  nowhere: "/no/such/page",
});
