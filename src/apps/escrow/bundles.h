#pragma once
#include <string>

#include "apps/escrow/installation.h"
#include "recovery/bundle/bundle.h"

namespace syncwatch::apps {

/// What is for everybody's eyes: the files that are no secret as they stand, those that have
/// secrets in them without these. No secret is in it, whoever wrote it where.
recovery::Bundle config_bundle(const Installation& installation);

/// The secrets, and whole whatever the other bundle has only in part: both together are all of it.
recovery::Bundle secrets_bundle(const Installation& installation);

/// What tells one state of the installation from another: SHA-256 of what is in a bundle, when it
/// was made left aside, and of `beside`, in hexadecimal.
std::string state_of(const recovery::Bundle& bundle, const std::string& beside);

}  // namespace syncwatch::apps
