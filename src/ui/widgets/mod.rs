//! What pages are built from. A page says what is asked and what is shown; everything else is here.
//!
//! Each control is one file, whose first lines say when to use it, what keys it understands and which pattern of the ARIA
//! Authoring Practices it follows; the gallery (`#/gallery`) shows each in every state.

pub mod button;
pub mod calendar;
pub mod chart;
pub mod chips;
pub mod combobox;
pub mod copy;
pub mod date_range;
pub mod definition;
pub mod download;
pub mod empty;
pub mod field;
pub mod float;
pub mod focus;
pub mod frame;
pub mod help;
pub mod latest;
pub mod listbox;
pub mod palette;
pub mod popover;
pub mod population;
pub mod progress;
pub mod question;
pub mod request;
pub mod save_list;
pub mod segmented;
pub mod select;
pub mod sensitivity;
pub mod settings;
pub mod shares_compared;
pub mod side_panel;
pub mod table;
pub mod tabs;
pub mod theme;
pub mod toast;
pub mod users;
pub mod why;
