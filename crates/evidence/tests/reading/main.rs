//! What is read of made-up exhibits, of images that other programs make, and of real ones.

mod made;

mod archives;
mod damaged;
mod exfat;
mod fat;
mod folder;
mod images;
mod ntfs;
mod programs;
mod samples;
mod volumes;
mod walking;
