import { useRef } from "react";
import { Popover } from "react-aria-components";
import { useSelection } from "../app/session";
import { type Item, MenuList } from "../ui/Menu";
import menuCss from "../ui/Menu.module.css";
import css from "./Graph.module.css";
import { stage } from "./stage";
import { useGraph } from "./ui";

/** The menu of what was right-clicked, or of the selection when the Menu key was pressed. */
export function MenuAt() {
  const menu = useGraph((ui) => ui.menu);
  const anchor = useRef<HTMLSpanElement>(null);
  const close = () => {
    useGraph.setState({ menu: null });
    const node = useSelection.getState().nodes[0];
    if (node) requestAnimationFrame(() => document.activeElement === document.body && stage()?.focus(node));
  };
  const pick = (item: Item) => {
    close();
    item.run();
  };
  return (
    <>
      <span ref={anchor} className={css.anchor} style={{ left: menu?.x ?? 0, top: menu?.y ?? 0 }} />
      {menu && (
        <Popover
          key={`${menu.x} ${menu.y}`}
          triggerRef={anchor}
          isOpen
          onOpenChange={(is) => is || close()}
          placement="bottom start"
          offset={2}
          className={menuCss.popover ?? ""}
          aria-label={menu.label}
        >
          <MenuList label={menu.label} items={menu.items.map((item) => item && { ...item, run: () => pick(item) })} />
        </Popover>
      )}
    </>
  );
}
