//! TLS, for `wss://`: which servers are trusted.

use std::error::Error;
use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::Connector;

use super::error::Cause;

/// Trusts what the system trusts, and the certificates in `pem`.
pub(super) fn connector(pem: &[Vec<u8>]) -> Result<Connector, Cause> {
    let mut roots = RootCertStore::empty();
    // One that the system has and that cannot be read is as good as none.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for pem in pem {
        let mut none = true;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            roots.add(certificate?)?;
            none = false;
        }
        if none {
            return Err("there is no certificate in it".into());
        }
    }
    // The provider is named: one for the whole process is the program's to choose.
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Connector::Rustls(Arc::new(config)))
}

/// What TLS has against this server, where that is why it was not reached.
pub(super) fn objection(cause: &Cause) -> Option<String> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&**cause);
    while let Some(error) = cause {
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let objection = inside.and_then(|inside| inside.downcast_ref()).or_else(|| error.downcast_ref());
        if let Some(objection) = objection.map(rustls::Error::to_string) {
            return Some(objection);
        }
        cause = error.source();
    }
    None
}
