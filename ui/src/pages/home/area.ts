import { House } from "lucide-react";
import type { Area } from "../../app/area";

export default {
  nav: { label: "Home", to: "/", order: 0, icon: House },
  pages: [{ path: "/", load: () => import("./Home") }],
} satisfies Area;
