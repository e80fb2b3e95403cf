terraform {
  backend "s3" {
    bucket              = "state"
    use_path_style      = true
    use_lockfile        = true
    allowed_account_ids = ["222222222222"]
  }
}

# One that needs no provider.
resource "terraform_data" "greeting" {
  input = "hello"
}
