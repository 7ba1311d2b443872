import { forEverybody } from "./everybody";

const parts = (page: string, ...names: string[]) =>
  Object.fromEntries(
    names.map((name) => [`${page.split("/")[1]}-${name}`, `${page}?part=${name}`]),
  );

forEverybody({
  ...parts("/models/churn/2", "made", "figures", "use", "life"),
  "models-policy": "/models/churn/3?part=policy",
  audit: "/models/churn/2/audit",
  ...parts("/data/clean", "overview", "schema", "profile", "quality", "drift", "rows", "uses"),
  "data-recalled": "/data/fraud-eu-events",
});
