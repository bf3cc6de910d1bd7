//! The bytes of a protobuf message as its fields, without knowing what they mean.

/// What a field carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire types 1 and 5. Nothing in Kubernetes' messages is of these.
    Fixed,
    /// Wire type 2: text, bytes, a message, or packed numbers.
    Bytes(&'a [u8]),
}

/// The fields of a message, one after the other: a number and what it carries.
#[derive(Debug)]
pub(super) struct Wire<'a> {
    rest: &'a [u8],
}

/// As Go's `io.ErrUnexpectedEOF` says it.
const CUT: &str = "unexpected EOF";

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn field(&mut self) -> Result<(u64, Load<'a>), String> {
        let tag = self.varint()?;
        let number = tag >> 3;
        if number == 0 {
            return Err(format!("proto: illegal tag 0 (wire type {})", tag & 7));
        }
        let load = match tag & 7 {
            0 => Load::Varint(self.varint()?),
            1 => self.take(8).map(|_| Load::Fixed)?,
            2 => {
                let length = self.varint()?;
                Load::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Load::Fixed)?,
            other => return Err(format!("proto: illegal wireType {other}")),
        };
        Ok((number, load))
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first().ok_or(CUT)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("proto: integer overflow".to_owned())
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let length = usize::try_from(length).map_err(|_| CUT)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(CUT)?;
        self.rest = rest;
        Ok(taken)
    }
}

impl<'a> Iterator for Wire<'a> {
    type Item = Result<(u64, Load<'a>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// Numbers that are packed into one field.
pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u64>, String> {
    let mut wire = Wire::new(bytes);
    let mut numbers = Vec::new();
    while !wire.rest.is_empty() {
        numbers.push(wire.varint()?);
    }
    Ok(numbers)
}
