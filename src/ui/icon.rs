//! The few icons of the frame: strokes on a 16 by 16 grid, in the colour of the text beside them.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A sheet with columns.
    Columns,
    /// A sheet with a tick.
    Report,
    /// Brackets.
    Request,
    /// A folder.
    Open,
    /// A cross.
    Close,
    /// A sun.
    Light,
    /// A moon.
    Dark,
    /// A screen.
    System,
    /// A shield.
    Shield,
    /// An arrow into a tray.
    Upload,
    /// An arrow out of a tray.
    Download,
    /// A gauge.
    Overview,
    /// Tiles.
    Segments,
    /// A line that rises, stays and falls.
    LifeCycle,
    /// Dots in heaps.
    Clusters,
    /// A curve below a diagonal.
    Value,
    /// Steps that rise, with a flag.
    Tiers,
    /// Lines with switches on them.
    Builder,
    /// Somebody, and lines beside.
    Portrait,
    /// Steps that become shorter.
    Retention,
    /// Bars that become narrower from both sides.
    Funnel,
    /// A line that rises.
    Growth,
    /// Two arrows round.
    Repurchase,
    /// Flows that part.
    Paths,
    /// A triangle that warns.
    Warning,
    /// A chevron down: a list opens here.
    Down,
    /// A chevron to the left.
    Left,
    /// A chevron to the right.
    Right,
    /// A magnifying glass.
    Search,
    /// A question mark.
    Help,
    /// Two sheets.
    Copy,
    /// A tick.
    Done,
    /// A sheet of a calendar.
    Calendar,
    /// An arrow back.
    Undo,
    /// An arrow forth.
    Redo,
    /// A funnel.
    Filter,
    /// A book.
    Guide,
    /// A pair of scales.
    Balance,
    /// Four squares.
    All,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Value => "M2.500 2v11.500H14M2.500 13.500L13.500 2.500M2.500 13.500c6.500-.5 9.500-3 11-11",
            Self::Tiers => "M2 13.500h3.500v-3H9v-3h3.500v6M12.500 7.500v-5l2 1.200-2 1.300",
            Self::Clusters => {
                "M4 3.500a1.500 1.500 0 100 3 1.500 1.500 0 000-3zM7.500 2a1 1 0 100 2 1 1 0 000-2zM11.500 8a1.500 1.500 0 100 3 1.500 1.500 0 000-3zM13 12.500a1 1 0 100 2 1 1 0 000-2zM4.500 10.500a1.500 1.500 0 100 3 1.500 1.500 0 000-3z"
            }
            Self::LifeCycle => "M2 13.500c2.500 0 2.500-9 5-9s2 5 4 5 1.500 4 3 4",
            Self::Portrait => {
                "M5.500 2.500a2.500 2.500 0 100 5 2.500 2.500 0 000-5zM1.500 13.500c0-2.500 1.500-4 4-4s4 1.500 4 4M11.500 4.500H14M11.500 8H14M11.500 11.500H14"
            }
            Self::Builder => {
                "M2 4.500h5M11 4.500h3M9 2.500a2 2 0 100 4 2 2 0 000-4zM2 11.500h1.500M7.500 11.500H14M5.500 9.500a2 2 0 100 4 2 2 0 000-4z"
            }
            Self::Columns => "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
            Self::Report => "M4 2h6l3 3v9H4zM10 2v3h3M6.2 9.6l1.6 1.6 3-3.4",
            Self::Request => "M6 3C3.6 3 5.4 7.2 3 8c2.4.8.6 5 3 5M10 3c2.4 0 .6 4.2 3 5-2.4.8-.6 5-3 5",
            Self::Open => "M2 12.500V3.500h4l1.500 2H14v7z",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Light => {
                "M8 5.200a2.800 2.800 0 100 5.600 2.800 2.800 0 000-5.600zM8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1.100 1.100M11.500 11.500l1.100 1.100M12.600 3.400l-1.100 1.100M4.500 11.500l-1.100 1.100"
            }
            Self::Dark => "M13.200 9.600A5.600 5.600 0 016.400 2.800a5.600 5.600 0 106.800 6.800z",
            Self::System => "M2 3h12v8H2zM6 13.500h4M8 11v2.500",
            Self::Shield => {
                "M8 1.800l5 1.900v4c0 3.100-2.100 5.300-5 6.500-2.900-1.200-5-3.400-5-6.500v-4zM5.800 8l1.600 1.600 2.900-3.200"
            }
            Self::Upload => "M8 10V2.500M4.800 5.500L8 2.300l3.200 3.200M2.500 10v3.500h11V10",
            Self::Download => "M8 2.300V10M4.800 7L8 10.200 11.200 7M2.500 10v3.500h11V10",
            Self::Overview => "M2.500 12a5.500 5.500 0 1111 0M8 12l2.700-4",
            Self::Segments => {
                "M2.500 2.500h6v6h-6zM10.500 2.500h3v3h-3zM10.500 7.500h3v6h-3zM2.500 10.500h6v3h-6z"
            }
            Self::Funnel => "M2 3.500h12M4 6.500h8M5.500 9.500h5M6.750 12.500h2.500",
            Self::Retention => "M2.500 3.500h11M2.500 6.500h8M2.500 9.500h5M2.500 12.500h2.500",
            Self::Repurchase => {
                "M3 7a5 5 0 018.700-2.500L13.500 6M13.500 2.500V6H10M13 9a5 5 0 01-8.700 2.500L2.500 10M2.500 13.500V10H6"
            }
            Self::Growth => "M2.500 12l3.700-4 2.600 2.400 4.700-5.900M10 4.500h3.500V8",
            Self::Paths => {
                "M2.500 8h3c3 0 2.500-4.500 5.500-4.500h2.500M5.500 8c3 0 2.500 4.500 5.500 4.500h2.500M5.500 8h8"
            }
            Self::Undo => "M5.500 3L2.500 6l3 3M2.500 6h7a3.500 3.500 0 010 7H6",
            Self::Redo => "M10.500 3l3 3-3 3M13.500 6h-7a3.500 3.500 0 000 7H10",
            Self::Filter => "M2 3.500h12l-4.700 5.300v4.700l-2.600-1.500V8.800z",
            Self::Guide => {
                "M8 4.200C6.500 3 4.500 2.700 2.500 2.900v9.500c2-.2 4 .1 5.500 1.200 1.500-1.100 3.500-1.400 5.500-1.200V2.900c-2-.2-4 .1-5.500 1.300zM8 4.200v9.400"
            }
            Self::Balance => {
                "M8 2.500v11M5 13.500h6M3 4.500h10M3 4.500L1.200 9.200a2 2 0 003.600 0zM13 4.500l-1.800 4.700a2 2 0 003.600 0z"
            }
            Self::All => {
                "M2.500 2.500h4.500v4.500H2.500zM9 2.500h4.500v4.500H9zM2.500 9h4.500v4.500H2.500zM9 9h4.500v4.500H9z"
            }
            Self::Warning => "M8 2.200l6.200 11H1.800zM8 6.500v3.200M8 11.400v.1",
            Self::Down => "M4.500 6.500L8 10l3.500-3.500",
            Self::Left => "M9.500 4.500L6 8l3.500 3.500",
            Self::Right => "M6.500 4.500L10 8l-3.500 3.500",
            Self::Search => "M7 2.500a4.500 4.500 0 100 9 4.500 4.500 0 000-9zM10.300 10.300l3.200 3.200",
            Self::Help => "M5.800 6a2.200 2.200 0 113.300 1.900c-.8.5-1.100.9-1.100 1.700M8 12v.1",
            Self::Copy => "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
            Self::Done => "M3 8.500l3.300 3.300L13 4.800",
            Self::Calendar => "M2.500 3.500h11v10h-11zM2.500 6.500h11M5.500 2v3M10.500 2v3",
        }
    }
}

/// An icon; decoration only, the text beside it or the button's label says what it means.
#[component]
pub fn Glyph(
    /// What it shows.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=icon.path()></path>
        </svg>
    }
}
