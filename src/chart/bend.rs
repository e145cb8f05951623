//! The shape of a flow: a band that winds from one corner of its frame to the opposite one.

use std::fmt::Write as _;

use super::Frame;

/// The way a flow takes through the frame of its mark: from one corner to the opposite one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bend {
    /// Whether it goes down instead of to the right.
    pub down: bool,
    /// Whether it ends nearer to the first corner than it begins.
    pub back: bool,
    /// How thick it is, in hundredths of a pixel.
    pub thick: u32,
}

impl Bend {
    pub(super) fn thickness(self) -> f64 {
        f64::from(self.thick) / 100.0
    }

    /// Where it lies in a frame: its near edge at the beginning and at the end.
    pub(super) fn edges(self, frame: Frame) -> (f64, f64) {
        let (near, size) = if self.down { (frame.x, frame.width) } else { (frame.y, frame.height) };
        let far = near + (size - self.thickness()).max(0.0);
        if self.back { (far, near) } else { (near, far) }
    }

    /// Its near edge at a share of the way.
    fn edge(self, frame: Frame, share: f64) -> f64 {
        let (begin, end) = self.edges(frame);
        begin + (end - begin) * share * share * (3.0 - 2.0 * share)
    }

    /// Whether a point is on it, or as good as.
    #[must_use]
    pub fn contains(self, frame: Frame, x: f64, y: f64) -> bool {
        // A thin flow must be found too.
        const SLACK: f64 = 1.5;
        let (along, length, across) =
            if self.down { (y - frame.y, frame.height, x) } else { (x - frame.x, frame.width, y) };
        if !(0.0..length).contains(&along) {
            return false;
        }
        let near = self.edge(frame, along / length);
        let slack = (SLACK - self.thickness() / 2.0).max(0.0);
        across >= near - slack && across < near + self.thickness() + slack
    }

    /// Its outline, `steps` points on each side.
    pub(super) fn outline(self, frame: Frame, steps: u32) -> Vec<(f64, f64)> {
        let side = |thick: f64| {
            (0..=steps).map(move |step| {
                let share = f64::from(step) / f64::from(steps);
                let across = self.edge(frame, share) + thick;
                if self.down {
                    (across, frame.y + share * frame.height)
                } else {
                    (frame.x + share * frame.width, across)
                }
            })
        };
        let far: Vec<(f64, f64)> = side(self.thickness()).collect();
        side(0.0).chain(far.into_iter().rev()).collect()
    }

    /// Its outline as the path of an SVG, from the frame's corner.
    #[must_use]
    pub fn path(self, frame: Frame) -> String {
        let mut path = String::new();
        let at_corner = Frame::new(0.0, 0.0, frame.width, frame.height);
        for (index, (x, y)) in self.outline(at_corner, 24).into_iter().enumerate() {
            let _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { "M" } else { "L" });
        }
        path + "Z"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bend_is_found_along_its_way_only() {
        let frame = Frame::new(10.0, 20.0, 100.0, 50.0);
        let bend = Bend { down: false, back: false, thick: 1000 };
        assert!(bend.contains(frame, 10.0, 25.0) && bend.contains(frame, 109.0, 65.0));
        assert!(bend.contains(frame, 60.0, 45.0), "half way, in the middle");
        assert!(!bend.contains(frame, 10.0, 65.0) && !bend.contains(frame, 109.0, 25.0));
        assert!(!bend.contains(frame, 9.0, 25.0) && !bend.contains(frame, 110.0, 65.0));
        let back = Bend { back: true, ..bend };
        assert!(back.contains(frame, 10.0, 65.0) && !back.contains(frame, 10.0, 25.0));
        let down = Bend { down: true, ..bend };
        assert!(down.contains(frame, 15.0, 20.0) && down.contains(frame, 105.0, 69.0));
        assert!(bend.path(frame).starts_with("M0.0 0.0L"));
    }
}
