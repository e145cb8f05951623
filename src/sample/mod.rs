//! Sample data.

/// The name the sample goes by.
pub const FILE_NAME: &str = "sample.csv";

/// The sample.
#[must_use]
pub fn csv() -> Vec<u8> {
    b"user_id,time,event,amount\n1,2024-01-01,purchase,12.50\n".to_vec()
}
