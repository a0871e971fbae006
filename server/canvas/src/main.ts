import { loadAhead } from "./app/first";
import { askAhead } from "./wire/ahead";
import "./ui/global.css";

// A few hundred bytes, so that the questions are asked while the app itself is still on its way.
askAhead(location);
loadAhead(location.pathname);
void import("./app/start").then(({ start }) => start());
