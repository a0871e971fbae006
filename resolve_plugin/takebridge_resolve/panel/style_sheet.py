"""The panel's style sheet: what a palette cannot say. Selected by widget class and the property ``role``.

Roles of labels: ``caption`` ``label`` ``hint`` ``title`` ``page`` ``error`` ``figures``; of buttons: ``primary``
``quiet`` ``danger`` ``chip``; of frames: ``card`` ``strip`` ``well`` ``footer`` ``ring``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

_SHEET = Template("""
* { outline: 0; }
QWidget { font-size: ${body}px; color: $text; }
QMainWindow, QDialog, QWidget#panel { background: $bg1; }
QToolTip { background: $bg3; color: $text; border: 1px solid $edge; padding: 4px; font-size: ${caption}px; }

QLabel { background: transparent; }
QLabel[role="caption"] { font-size: ${caption}px; color: $text2; }
QLabel[role="label"] { color: $text2; }
QLabel[role="hint"] { color: $text3; }
QLabel[role="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[role="dialog"] { font-size: ${dialog}px; font-weight: 600; }
QLabel[role="page"] { font-size: ${page}px; font-weight: 600; }
QLabel[role="error"] { color: $failed; }
QLabel[role="warning"] { color: $stale; }

QFrame[role="card"] { background: $bg2; border: 1px solid $bg3; border-radius: ${card_radius}px; }
QFrame[role="notice"] { background: $bg2; border: 1px solid $line; border-left: 3px solid $stale;
  border-radius: ${radius}px; }
QFrame[role="footer"] { background: $bg0; border-top: 1px solid $bg3; }
QFrame[role="well"] { background: $well; }
QWidget#ring { border: 2px solid transparent; }
QWidget#ring[active="true"] { border: 2px solid $focus; }

QPushButton, QToolButton {
  min-height: ${control_inner}px; padding: 0 10px; background: $bg2; color: $text;
  border: 1px solid $edge; border-radius: ${radius}px; }
QToolButton { padding: 0 6px; min-width: 14px; }
QPushButton:hover, QToolButton:hover { background: $bg3; }
QPushButton:pressed, QToolButton:pressed { background: $bg4; }
QPushButton:checked, QToolButton:checked { background: $bg4; border-color: $accent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $focus; padding: 0 9px; min-height: ${control_focus}px; }
QToolButton:focus { padding: 0 5px; min-width: 14px; }
QPushButton:disabled, QToolButton:disabled { color: $text3; border-color: $line; background: $bg1; }
QPushButton[role="primary"] {
  min-height: ${primary_inner}px; background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; min-height: ${primary_focus}px; }
QPushButton[role="primary"]:disabled { background: $bg2; color: $text3; border-color: $line; }
QPushButton[role="settled"] { min-height: ${primary_inner}px; background: $bg1; color: $text2; border-color: $line; }
QPushButton[role="settled"]:focus { border: 2px solid $focus; min-height: ${primary_focus}px; }
QPushButton[role="quiet"], QToolButton[role="quiet"] { background: transparent; border-color: transparent; }
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover { background: $bg3; }
QPushButton[role="quiet"]:checked, QToolButton[role="quiet"]:checked { background: $bg3; border-color: $accent; }
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus { border: 2px solid $focus; }
QPushButton[role="row"] { text-align: left; background: transparent; border: 1px solid transparent; padding: 0 6px; }
QPushButton[role="row"]:hover { background: $bg2; }
QPushButton[role="row"]:focus { border: 2px solid $focus; padding: 0 5px; }
QPushButton[role="danger"] { border-color: $failed; }
QPushButton::menu-indicator { subcontrol-position: right center; right: 6px; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="2"] { padding-right: 6px; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QKeySequenceEdit QLineEdit {
  background: $bg0; color: $text; border: 1px solid $edge; border-radius: ${radius}px; padding: 3px 7px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { min-height: ${field_inner}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {
  border: 2px solid $focus; padding: 2px 6px; }
QPlainTextEdit:disabled { background: $bg1; color: $text3; border-color: $line; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { color: $text3; border-color: $line; }
QComboBox { padding-right: 22px; background: $bg2; }
QComboBox::drop-down { border: 0; width: 22px; subcontrol-position: center right; }
QComboBox::down-arrow { image: url($chevron); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: $bg2; color: $text; border: 1px solid $edge;
  selection-background-color: $bg4; selection-color: $text; padding: 2px; }

QCheckBox, QRadioButton { spacing: 8px; min-height: ${target}px; border: 2px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $edge; background: $bg0; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QRadioButton::indicator:checked { background: $accent; border: 4px solid $bg0; width: 8px; height: 8px; }

QTabWidget::pane { border: 0; border-top: 1px solid $line; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $text2; padding: 5px 10px; min-height: 18px;
  border: 2px solid transparent; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; background: $bg2; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar:focus { background: transparent; }
QTabBar::tab:focus { border: 2px solid $focus; }

QListView, QTreeView, QTableView, QListWidget, QTableWidget {
  background: $bg0; border: 1px solid $line; border-radius: ${radius}px; alternate-background-color: $bg1; }
QListView:focus, QTreeView:focus, QTableView:focus { border: 2px solid $focus; }
QAbstractItemView::item:selected { background: $bg4; color: $text; }
QListWidget::item { padding: 4px 6px; }
QHeaderView::section { background: $bg1; color: $text2; border: 0; border-bottom: 1px solid $line; padding: 4px 6px; }

QScrollArea { background: transparent; border: 0; }
QScrollArea > QWidget > QWidget#scrolled { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }
QScrollBar[idle="true"]::handle, QScrollBar[idle="true"]::handle:hover { background: transparent; }
QScrollBar::handle:hover { background: $edge; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $bg2; color: $text; border: 1px solid $edge; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; min-height: 18px; border: 2px solid transparent; border-radius: 3px; }
QMenu::item:selected { background: $bg4; border-color: $focus; }
QMenu::item:disabled { color: $text3; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QProgressBar { background: $bg3; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $in_progress; border-radius: 3px; }
QSplitter::handle { background: $bg3; }
QSplitter::handle:hover { background: $edge; }
QGroupBox { border: 1px solid $line; border-radius: ${card_radius}px; margin-top: 10px; padding-top: 6px; }
QGroupBox::title { subcontrol-origin: margin; left: 8px; color: $text2; }
""")


def style_sheet(tokens: Mapping[str, Any], *, dark: bool, scale: float) -> str:
    """Return the style sheet of a theme; type is enlarged by ``scale``, controls grow with it."""
    sizes = tokens["size"]
    inner = {
        "control_inner": round((sizes["control"] - 2) * max(1.0, scale * 0.85)),
        "primary_inner": round((sizes["primary"] - 2) * max(1.0, scale * 0.85)),
    }
    values = {
        **tokens["dark" if dark else "light"],
        **{name: round(px * scale) for name, px in tokens["type"].items()},
        **sizes,
        **inner,
        "control_focus": inner["control_inner"] - 2,
        "primary_focus": inner["primary_inner"] - 2,
        "field_inner": inner["control_inner"] - 6,
    }
    return _SHEET.substitute(values, chevron=_picture("chevron", dark), check=_picture("check", dark))


def _picture(name: str, dark: bool) -> str:
    """The path of a small picture; style sheets take pictures from files alone."""
    file = f"{name}-{'dark' if dark else 'light'}.svg"
    return Path(str(files("takebridge_resolve.panel").joinpath(file))).as_posix()
