//! Rows in numbered slots: a slab in chunks, so that it grows without copying, and memory stays near what is held.

/// Rows per chunk. A chunk of Instances is about 150 KiB.
const CHUNK: usize = 1024;

/// A place in a [`Table`]. Reused after its row is gone: never keep one as an identity.
pub type Slot = u32;

/// Rows by slot.
#[derive(Debug)]
pub struct Table<T> {
    chunks: Vec<Vec<Option<T>>>,
    free: Vec<Slot>,
    len: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            free: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Table<T> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a row and says where.
    pub fn insert(&mut self, row: T) -> Slot {
        self.len += 1;
        if let Some(slot) = self.free.pop() {
            if let Some(place) = self.place(slot) {
                *place = Some(row);
            }
            return slot;
        }
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(Some(row)),
            _ => {
                // The first chunk grows with its rows; those that follow one are likely to fill.
                let mut chunk = Vec::with_capacity(if self.chunks.is_empty() { 0 } else { CHUNK });
                chunk.push(Some(row));
                self.chunks.push(chunk);
            }
        }
        ((self.chunks.len() - 1) * CHUNK + self.chunks.last().map_or(0, Vec::len) - 1) as Slot
    }

    /// Takes a row out.
    pub fn remove(&mut self, slot: Slot) -> Option<T> {
        let row = self.place(slot)?.take()?;
        self.free.push(slot);
        self.len -= 1;
        Some(row)
    }

    /// The row in a slot.
    pub fn get(&self, slot: Slot) -> Option<&T> {
        self.chunks
            .get(slot as usize / CHUNK)?
            .get(slot as usize % CHUNK)?
            .as_ref()
    }

    /// The row in a slot, to change.
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.place(slot)?.as_mut()
    }

    /// All rows with their slots.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &T)> {
        self.chunks.iter().enumerate().flat_map(|(c, chunk)| {
            chunk
                .iter()
                .enumerate()
                .filter_map(move |(i, row)| Some(((c * CHUNK + i) as Slot, row.as_ref()?)))
        })
    }

    /// Changes every row.
    pub fn each_mut(&mut self, change: impl FnMut(&mut T)) {
        self.chunks.iter_mut().flatten().flatten().for_each(change);
    }

    fn place(&mut self, slot: Slot) -> Option<&mut Option<T>> {
        self.chunks
            .get_mut(slot as usize / CHUNK)?
            .get_mut(slot as usize % CHUNK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_reused_and_rows_stay_where_they_are() {
        let mut table = Table::default();
        let slots: Vec<_> = (0..3000).map(|n| table.insert(n)).collect();
        assert_eq!(slots, (0..3000).collect::<Vec<_>>());
        assert_eq!(table.remove(1500), Some(1500));
        assert_eq!(table.remove(1500), None);
        assert_eq!(
            (table.len(), table.get(1500), table.get(1501)),
            (2999, None, Some(&1501))
        );
        assert_eq!(table.insert(7), 1500);
        assert_eq!(
            table.iter().map(|(_, n)| n).sum::<u32>(),
            (0..3000).sum::<u32>() - 1500 + 7
        );
        assert_eq!(table.get(9999), None);
    }
}
