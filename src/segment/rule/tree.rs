//! Parts of a rule by their places, for whoever changes it by hand.
//!
//! A place is a path of positions in groups; negations are not counted: a negated group is looked through, and a place
//! names the negation together with what it negates.

use super::Rule;

impl Rule {
    /// The rule without the negations around it, and whether they negate it.
    #[must_use]
    pub fn peeled(&self) -> (bool, &Self) {
        let (mut negated, mut inner) = (false, self);
        while let Self::Not(part) = inner {
            (negated, inner) = (!negated, part);
        }
        (negated, inner)
    }

    fn peeled_mut(&mut self) -> &mut Self {
        let mut inner = self;
        while let Self::Not(part) = inner {
            inner = part;
        }
        inner
    }

    /// The part at a place, its negation included; the rule itself at an empty path.
    #[must_use]
    pub fn part(&self, path: &[usize]) -> Option<&Self> {
        path.iter().try_fold(self, |rule, place| rule.peeled().1.parts().get(*place))
    }

    /// The part at a place, to be changed.
    pub fn part_mut(&mut self, path: &[usize]) -> Option<&mut Self> {
        path.iter().try_fold(self, |rule, place| rule.group_mut()?.get_mut(*place))
    }

    /// The parts of a group, negated or not.
    fn group_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self.peeled_mut() {
            Self::All(parts) | Self::Any(parts) => Some(parts),
            _ => None,
        }
    }

    /// Adds a part at the end of the group at a place; nothing happens where there is no group.
    pub fn push(&mut self, path: &[usize], part: Self) {
        if let Some(parts) = self.part_mut(path).and_then(Self::group_mut) {
            parts.push(part);
        }
    }

    /// Takes the part at a place out of its group; nothing happens where there is none.
    pub fn remove(&mut self, path: &[usize]) {
        let Some((place, group)) = path.split_last() else { return };
        if let Some(parts) =
            self.part_mut(group).and_then(Self::group_mut).filter(|parts| *place < parts.len())
        {
            parts.remove(*place);
        }
    }

    /// Negates the part at a place, or takes its negation away.
    pub fn negate(&mut self, path: &[usize]) {
        if let Some(part) = self.part_mut(path) {
            let (negated, inner) = part.peeled();
            let inner = inner.clone();
            *part = if negated { inner } else { Self::Not(Box::new(inner)) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Rule {
        serde_json::from_str(text).unwrap()
    }

    const NESTED: &str = r#"{"all": [{"did": {}}, {"not": {"any": [{"top": {}}, {"not": {"first": {}}}]}}]}"#;

    #[test]
    fn places_look_through_negations() {
        let whole = rule(NESTED);
        assert_eq!(whole.part(&[]), Some(&whole));
        assert_eq!(whole.part(&[0]), Some(&rule(r#"{"did": {}}"#)));
        assert_eq!(whole.part(&[1, 0]), Some(&rule(r#"{"top": {}}"#)));
        assert_eq!(whole.part(&[1, 1]), Some(&rule(r#"{"not": {"first": {}}}"#)));
        assert_eq!((whole.part(&[2]), whole.part(&[0, 0]), whole.part(&[1, 2])), (None, None, None));
        assert_eq!(rule(r#"{"not": {"not": {"did": {}}}}"#).peeled(), (false, &rule(r#"{"did": {}}"#)));
    }

    #[test]
    fn parts_come_go_and_turn_round() {
        let mut changed = rule(NESTED);
        changed.push(&[1], rule(r#"{"last": {}}"#));
        assert_eq!(changed.part(&[1, 2]), Some(&rule(r#"{"last": {}}"#)));
        changed.remove(&[1, 0]);
        assert_eq!(changed.part(&[1, 0]), Some(&rule(r#"{"not": {"first": {}}}"#)));
        changed.negate(&[1, 0]);
        assert_eq!(changed.part(&[1, 0]), Some(&rule(r#"{"first": {}}"#)));
        changed.negate(&[0]);
        assert_eq!(changed.part(&[0]), Some(&rule(r#"{"not": {"did": {}}}"#)));
        let before = changed.clone();
        changed.push(&[0], rule(r#"{"last": {}}"#));
        changed.remove(&[]);
        changed.remove(&[7]);
        changed.remove(&[1, 7]);
        changed.negate(&[7]);
        assert_eq!(changed, before, "where there is nothing, nothing happens");
        *changed.part_mut(&[1, 1]).unwrap() = Rule::default();
        assert_eq!(changed.part(&[1, 1]), Some(&Rule::default()));
    }
}
