import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "./Button";
import css from "./Dialog.module.css";

interface Props {
  title: string;
  onClose(): void;
  children: ReactNode;
  /** Buttons, the safe one first. */
  foot?: ReactNode;
  wide?: boolean;
  /** Stands at the upper edge: what is shorter while one types does not jump. */
  top?: boolean;
  /** For questions that must be answered: "alertdialog". */
  role?: "dialog" | "alertdialog";
}

/** A modal dialog: keeps the focus, Esc closes, the focus goes back where it came from. */
export function Dialog({ title, onClose, children, foot, wide = false, top = false, role = "dialog" }: Props) {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => open || onClose()}
      className={`${css.veil} ${top ? css.top : ""}`}
    >
      <Modal className={css.modal ?? ""}>
        <AriaDialog role={role} className={`${css.dialog} ${wide ? css.wide : ""}`}>
          <header className={css.head}>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton label="Close" chord="Escape" onPress={onClose}>
              <X size={16} aria-hidden />
            </IconButton>
          </header>
          <div className={css.body}>{children}</div>
          {foot && <footer className={css.foot}>{foot}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
