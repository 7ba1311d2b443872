import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { Broken, Missing } from "../components/Page";
import { areas } from "./area";
import { fromMlflow } from "./mlflow";
import { Shell } from "./Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: Missing });

const pages = areas
  .flatMap((area) => area.pages)
  .map(({ path, load }) =>
    createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) }),
  );

const meant = fromMlflow(window.location.hash);
if (meant !== null) {
  window.history.replaceState(null, "", `/ui${meant}`);
}

export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: "/ui",
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});
