"""What breaks each rule of reference image 1."""

from __future__ import annotations

from tests.model.profiles.cases import add, case, drop, full_image, put

GOOD = (full_image,)
ONE = "representations.0"
CASES = [
    case(full_image, "Image-license", drop("license")),
    case(full_image, "Image-license", put("license", "https://creativecommons.org/licenses/by-nc/4.0/")),
    case(full_image, "Image-access", put("access.access_level", "RESTRICTED")),
    case(full_image, "Image-doi", drop("doi")),
    case(full_image, "Image-title", drop("title")),
    case(full_image, "Image-description", drop("description")),
    case(full_image, "Image-organisms", drop("organisms")),
    case(full_image, "Image-methods", drop("methods")),
    case(full_image, "Image-date_acquired", drop("date_acquired")),
    case(full_image, "Image-specimens", drop("creation_process.specimens")),
    case(full_image, "Image-acquisitions", drop("creation_process.acquisitions")),
    case(full_image, "Image-format", put(f"{ONE}.format", "JPEG")),
    case(full_image, "Image-shape", drop(f"{ONE}.shape")),
    case(full_image, "Image-data_type", drop(f"{ONE}.data_type")),
    case(full_image, "Image-axes", drop(f"{ONE}.axes")),
    *(case(full_image, f"Image-pixel_size_{a}_um", drop(f"{ONE}.pixel_size_{a}_um")) for a in "xyz"),
    case(
        full_image,
        "Image-time_step_s",
        drop(f"{ONE}.time_step_s"),
        add(f"{ONE}.axes", {"id": "idr:6001240/t", "index": 4, "name": "t", "axis_type": "time", "size": 9}),
    ),
    case(full_image, "Image-channels", drop(f"{ONE}.channels")),
    case(full_image, "Channel-label", drop(f"{ONE}.channels.1.label")),
    case(full_image, "Channel-fluorophore", drop(f"{ONE}.channels.1.contrast_mechanism")),
    case(full_image, "Image-replicas", drop(f"{ONE}.replicas.0.checksums")),
    case(full_image, "Image-replicas", drop(f"{ONE}.replicas.0.last_verified")),
    case(full_image, "Image-replicas", put(f"{ONE}.replicas.0.verification_level", "L2")),
    case(full_image, "Image-replicas", put(f"{ONE}.replicas.0.status_of_copy", "damaged")),
    case(full_image, "Image-sites", drop(f"{ONE}.replicas.1")),
    case(full_image, "Image-reviews", drop("reviews")),
    case(full_image, "Image-reviews", put("reviews.0.review_state", "under_review")),
    case(full_image, "Image-reviews", drop("reviews.0.reviewers")),
    case(full_image, "Image-reviews", drop("reviews.0.date_reviewed")),
    case(full_image, "ImageReview-description", drop("reviews.0.description")),
    case(full_image, "ImageReview-review_profile", drop("reviews.0.review_profile")),
    case(full_image, "ImageReview-reviewers", put("reviews.0.reviewers", ["A. Reviewer"])),
]
