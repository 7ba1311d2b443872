import { Box } from "lucide-react";
import type { Area } from "../../app/area";

export default {
  nav: { label: "Models", to: "/models", order: 1, icon: Box },
  pages: [{ path: "/models", load: () => import("./Models") }],
} satisfies Area;
