import type { Area } from "../../app/area";

export default {
  pages: [{ path: "/search", load: () => import("./Search") }],
} satisfies Area;
