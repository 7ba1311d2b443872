import { Box } from "lucide-react";
import type { Area } from "../../app/area";

export default {
  nav: { label: "Models", to: "/models", order: 1, icon: Box },
  pages: [
    { path: "/models", load: () => import("./Models") },
    { path: "/models/$name", load: () => import("./Model") },
    { path: "/models/$name/compare", load: () => import("./Compare") },
    { path: "/models/$name/$version", load: () => import("./Version") },
    { path: "/models/$name/$version/audit", load: () => import("./Audit") },
  ],
} satisfies Area;
