//! The board: the Servers of a Map as cards in columns, a column for each Group.

use super::App;
use crate::{command::Command, model::Name, panes::Pane};

impl App {
    /// The columns from left to right, each with where its Servers stand in the list: Groups by name, then what is in none.
    pub fn board_columns(&self) -> Vec<(Option<Name>, Vec<usize>)> {
        let mut columns: Vec<(Option<Name>, Vec<usize>)> = Vec::new();
        for (index, slot) in self.list(Pane::Servers).order.iter().enumerate() {
            let server = self.world.servers().get(*slot);
            let group = server.and_then(|server| server.row.as_ref()?.group.clone());
            match columns.iter_mut().find(|(known, _)| *known == group) {
                Some((_, column)) => column.push(index),
                None => columns.push((group, vec![index])),
            }
        }
        columns.sort_by(|(a, _), (b, _)| (a.is_none(), a).cmp(&(b.is_none(), b)));
        columns
    }

    /// Moves among the cards; says whether the command was one that does.
    pub(super) fn move_on_board(&mut self, command: Command) -> bool {
        let columns = self.board_columns();
        let selected = self.list(Pane::Servers).index();
        let place = columns.iter().enumerate().find_map(|(x, (_, column))| {
            let y = column.iter().position(|index| Some(*index) == selected)?;
            Some((x, y))
        });
        let Some((x, y)) = place else {
            return false;
        };
        let (x, y) = match command {
            Command::Up => (x, y.saturating_sub(1)),
            Command::Down => (x, y + 1),
            Command::Top => (x, 0),
            Command::Bottom => (x, usize::MAX),
            Command::Left if x > 0 => (x - 1, y),
            Command::Right if x + 1 < columns.len() => (x + 1, y),
            Command::Right => return true,
            _ => return false,
        };
        let column = &columns[x].1;
        if let Some(index) = column.get(y).or(column.last()) {
            self.lists[Pane::Servers as usize].go(*index, &self.world);
        }
        true
    }
}
