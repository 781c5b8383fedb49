//! How figures grow with the rows, as a picture: the time in nanoseconds, or bytes, against the number of rows, on logarithmic
//! scales.

use std::path::Path;
use std::time::Duration;

use plotters::prelude::*;

/// The numbers of rows.
pub const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Where the pictures of the documentation lie, beside the manifest of a package.
const PICTURES: &str = "../vantage-live/src/how_fast";

/// One figure for each line: its name, and how much it is for each number of rows.
#[derive(Default)]
pub struct Lines(Vec<(&'static str, Vec<(f64, f64)>)>);

impl Lines {
    /// Prints a figure, and keeps it for the picture.
    pub fn tell(&mut self, name: &'static str, rows: u32, figure: f64) {
        println!("{name} at {rows} rows: {figure:.1}");
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, line)) => line.push((rows.into(), figure)),
            None => self.0.push((name, vec![(rows.into(), figure)])),
        }
    }

    /// Draws the picture of this name.
    pub fn draw(&self, picture: &str) {
        let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURES).join(picture);
        self.plot(&picture).expect("the picture can be drawn");
        println!("drawn: {}", picture.display());
    }

    fn plot(&self, picture: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let root = SVGBackend::new(picture, (760, 640)).into_drawing_area();
        root.fill(&WHITE)?;
        let figures = || self.0.iter().flat_map(|(_, line)| line.iter().map(|(_, figure)| *figure));
        // Room above for the names.
        let (least, most) = (figures().fold(f64::MAX, f64::min) / 2.0, figures().fold(1.0, f64::max) * 1_000.0);
        let mut chart = ChartBuilder::on(&root)
            .margin(14)
            .x_label_area_size(40)
            .y_label_area_size(70)
            .build_cartesian_2d((800.0..1_300_000.0_f64).log_scale(), (least..most).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("rows")
            .y_desc("nanoseconds, or bytes")
            .x_label_formatter(&|rows| format!("{rows:.0}"))
            .y_label_formatter(&|nanos| format!("{nanos:.0}"))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (at, (name, line)) in self.0.iter().enumerate() {
            let colour = Palette99::pick(at).to_rgba();
            chart
                .draw_series(LineSeries::new(line.iter().copied(), colour.stroke_width(2)).point_size(3))?
                .label(*name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        }
        chart.configure_series_labels().position(SeriesLabelPosition::UpperLeft).draw()?;
        root.present()?;
        Ok(())
    }
}

/// What one of so many takes, in nanoseconds.
pub fn per_row(all: Duration, many: u32) -> f64 {
    all.as_secs_f64() * 1e9 / f64::from(many)
}
