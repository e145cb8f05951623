//! What pages are built from. A page says what is asked and what is shown; everything else is here.

pub mod chart;
pub mod definition;
pub mod download;
pub mod frame;
pub mod population;
pub mod question;
pub mod request;
pub mod segmented;
pub mod select;
pub mod settings;
pub mod table;
pub mod theme;
pub mod users;
