//! Asks STS who it is, with nothing but the default chain of the AWS SDK for Rust to go by; as often as the first
//! argument says, half a second apart, or once. Arguments that are JSON objects are answered one by one; lab/whoami.ts
//! says what these are.

use std::{env, error::Error, time::Duration};

use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig,
};
use aws_sdk_sts::{Client, error::DisplayErrorContext};
use aws_smithy_http_client::Builder;
use serde_json::{Value, json};

type Failure = Box<dyn Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.first() {
        None => println!("{}", whoami(&load(&json!({})).await?).await?),
        Some(first) if first.starts_with('{') => println!("{}", answers(&arguments).await?),
        Some(first) => println!("{}", many(first.parse()?).await?),
    }
    Ok(())
}

async fn many(times: u32) -> Result<Value, Failure> {
    let client = Client::new(&load(&json!({})).await?);
    let mut failures = 0;
    for _ in 0..times {
        if let Err(error) = client.get_caller_identity().send().await {
            failures += 1;
            eprintln!("{}", DisplayErrorContext(error));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(json!({ "calls": times, "failures": failures }))
}

async fn answers(questions: &[String]) -> Result<Value, Failure> {
    let mut answers = Vec::new();
    for text in questions {
        let question: Value = serde_json::from_str(text)?;
        let before = env::var("AWS_PROFILE").ok();
        set_profile(question["variable"].as_str().or(before.as_deref()));
        let answer = whoami(&load(&question).await?).await;
        set_profile(before.as_deref());
        answers.push(answer.unwrap_or_else(|error| json!({ "Error": error.to_string() })));
    }
    Ok(answers.into())
}

fn set_profile(name: Option<&str>) {
    // SAFETY: nothing else runs: the runtime has one thread, which waits for no request now.
    unsafe {
        match name {
            Some(name) => env::set_var("AWS_PROFILE", name),
            None => env::remove_var("AWS_PROFILE"),
        }
    }
}

/// The settings of a client, with a profile or a region that the code names.
async fn load(question: &Value) -> Result<SdkConfig, Failure> {
    let http = Builder::new().build_http();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
    if let Some(name) = question["option"].as_str() {
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&ProviderConfig::default().with_http_client(http))
            .profile_name(name);
        loader = loader.profile_name(name).credentials_provider(provider.build());
    }
    if let Some(name) = question["region"].as_str() {
        loader = loader.region(Region::new(name.to_owned()));
    }
    if let Some(name) = question["app"].as_str() {
        loader = loader.app_name(AppName::new(name.to_owned())?);
    }
    Ok(loader.load().await)
}

async fn whoami(settings: &SdkConfig) -> Result<Value, Failure> {
    let identity = Client::new(settings).get_caller_identity().send().await;
    let identity = identity.map_err(|error| DisplayErrorContext(error).to_string())?;
    let region = settings.region().map(Region::as_ref);
    Ok(json!({ "Account": identity.account(), "Arn": identity.arn(), "Region": region }))
}
