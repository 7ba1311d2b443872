import type { Area } from "../../app/area";

export default {
  pages: [{ path: "/account", load: () => import("./Account") }],
} satisfies Area;
